// What comes out of sound files, and what of them is read.
#include <gtest/gtest.h>

#include "onnx_bytes.hpp"
#include "onnx_run.hpp"

namespace onnx_test {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;

TEST(OnnxReading, InitialisersHaveNameShapeTypeAndPlace) {
  Host host;
  host.add_file("model.onnx", file({.nodes = {node("Gemm", {"x", "w", "b"}, {"y"}, "/fc/Gemm", {integer("transB", 1)})},
                                    .initialisers = {tensor("w", {3, 4}), tensor("b", {3})}, .inputs = {port("x")}, .outputs = {port("y", {-1, 3})}}));
  ASSERT_EQ(parse(host), MS_OK) << host.failure;
  EXPECT_THAT(names(host), ElementsAre("w", "b"));
  const auto& w = host.tensors[0];
  EXPECT_THAT(w.shape, ElementsAre(3, 4));
  EXPECT_TRUE(w.stored.empty()) << "transB = 1: stored [out, in]";
  EXPECT_EQ(w.dtype, "F32");
  EXPECT_EQ(w.size, 48u);
  EXPECT_EQ(w.flags, 0u);
  EXPECT_THAT(w.aliases, ElementsAre("fc.weight"));
  EXPECT_THAT(host.tensors[1].aliases, ElementsAre("fc.bias"));
  EXPECT_TRUE(host.problems.empty());
}

TEST(OnnxReading, AMatMulOperandIsTurnedToOutIn) {
  Host host;
  host.add_file("model.onnx", file({.nodes = {node("MatMul", {"x", "onnx::MatMul_9"}, {"y"}, "/model/layers.0/mlp/up_proj/MatMul")},
                                    .initialisers = {tensor("onnx::MatMul_9", {4, 6})}, .inputs = {port("x")}, .outputs = {port("y")}}));
  ASSERT_EQ(parse(host), MS_OK) << host.failure;
  const auto& w = host.tensors.at(0);
  EXPECT_THAT(w.shape, ElementsAre(6, 4));
  EXPECT_THAT(w.stored, ElementsAre(4, 6));
  EXPECT_EQ(w.flags, static_cast<std::uint32_t>(MS_TENSOR_TRANSPOSED));
  EXPECT_THAT(w.aliases, ElementsAre("model.layers.0.mlp.up_proj.weight", "layers.0.mlp.up_proj.weight"));
}

TEST(OnnxReading, APackedMatrixHasTheShapeOfItsAttributesAndItsScalesBelongToIt) {
  Host host;
  host.add_file("model.onnx", file({.nodes = {node("MatMulNBits", {"x", "q", "s"}, {"y"}, "", {integer("K", 120), integer("N", 96), integer("bits", 4), integer("block_size", 32)}, "com.microsoft")},
                                    .initialisers = {tensor("q", {96, 4, 16}, 2), tensor("s", {384})}, .inputs = {port("x", {-1, 120})}, .outputs = {port("y", {-1, 96})}}));
  ASSERT_EQ(parse(host), MS_OK) << host.failure;
  const auto &q = host.tensors.at(0), &s = host.tensors.at(1);
  EXPECT_THAT(q.shape, ElementsAre(96, 120));
  EXPECT_THAT(q.stored, ElementsAre(96, 4, 16));
  EXPECT_EQ(q.dtype, "INT4");
  EXPECT_EQ(s.flags, static_cast<std::uint32_t>(MS_TENSOR_COMPANION));
  EXPECT_EQ(s.of, "q");
}

TEST(OnnxReading, ThreeGigabytesOfEmbeddedWeightsAreSkipped) {
  // graph { node { ... } initialiser x 12, 256 MiB each }: the file is sparse, only the messages around are there
  constexpr std::uint64_t WEIGHT = 256u << 20, COUNT = 12;
  const auto prefix = [&](std::uint64_t i) {  // of one initialiser, up to its data
    Proto t;
    t.number(1, 8192).number(1, 8192).number(2, 1).text(8, "w" + std::to_string(i)).tag(9, 2).varint(WEIGHT);
    return t.bytes();
  };
  Proto g;
  for (std::uint64_t i = 0; i < COUNT; ++i) g.message(1, node("MatMul", {"x" + std::to_string(i), "w" + std::to_string(i)}, {"x" + std::to_string(i + 1)}));
  std::uint64_t graph_size = g.bytes().size();
  std::vector<std::string> heads;
  for (std::uint64_t i = 0; i < COUNT; ++i) {
    heads.push_back(Proto().tag(5, 2).varint(prefix(i).size() + WEIGHT).bytes() + prefix(i));
    graph_size += heads.back().size() + WEIGHT;
  }
  const std::string outer = Proto().number(1, 8).tag(7, 2).varint(graph_size).bytes() + g.bytes();

  // The fake host serves zeros behind the bytes it has, so what lies between the weights is put in by reads of its own.
  struct Sparse : Host {
    std::map<std::uint64_t, std::string> pieces;
  } host;
  std::uint64_t at = 0;
  host.pieces[0] = outer;
  at = outer.size();
  for (const std::string& head : heads) host.pieces[at] = head, at += head.size() + WEIGHT;
  ASSERT_GT(at, 3ull << 30);

  // read() of a table of our own: everything else is the fake host's
  static const ms_host* real;
  static Sparse* served;
  static std::uint64_t bytes_read, requests;
  real = host.table();
  served = &host;
  bytes_read = requests = 0;
  ms_host table = *real;
  table.read = [](ms_call*, ms_range* ranges, size_t count) -> ms_status {
    for (size_t i = 0; i < count; ++i) {
      ms_range& r = ranges[i];
      std::memset(r.into, 0, r.size);
      for (const auto& [from, text] : served->pieces) {
        const std::uint64_t begin = std::max(from, r.offset), end = std::min(from + text.size(), r.offset + r.size);
        if (begin < end) std::memcpy(r.into + (begin - r.offset), text.data() + (begin - from), end - begin);
      }
      r.got = r.size;
      r.status = MS_OK;
      bytes_read += r.size;
      ++requests;
    }
    return MS_OK;
  };
  host.add_sparse_file("model.onnx", "", at);
  void* self = nullptr;
  const Value options = Value::object();
  ASSERT_EQ(role().create(&table, host.call(), reinterpret_cast<const ms_node*>(&options), &self), MS_OK);
  const auto* format = static_cast<const ms_format*>(role().table);
  EXPECT_EQ(format->parse(self, host.call(), host.repo(), host.model()), MS_OK) << host.failure;
  role().destroy(self);
  ASSERT_EQ(host.tensors.size(), COUNT);
  EXPECT_EQ(host.tensors.back().name, "w11");
  EXPECT_EQ(host.tensors.back().size, WEIGHT);
  EXPECT_EQ(host.tensors.back().offset, at - WEIGHT);
  EXPECT_LT(bytes_read, at / 100) << "more than 1 % was read";
  EXPECT_LT(bytes_read, 1u << 20);
  EXPECT_LE(requests, COUNT + 2);
}

TEST(OnnxReading, PackedTypedDataIsSkippedByItsLength) {
  Proto t;  // dims packed, float_data packed: 4 MB of floats
  t.text(1, Proto().varint(1024).varint(1024).bytes()).number(2, 1).text(8, "w").text(4, std::string(4u << 20, '\1'));
  Host host;
  host.add_file("model.onnx", file({.nodes = {node("MatMul", {"x", "w"}, {"y"})}, .initialisers = {t}, .inputs = {port("x")}, .outputs = {port("y")}}));
  ASSERT_EQ(parse(host), MS_OK) << host.failure;
  EXPECT_THAT(host.tensors.at(0).shape, ElementsAre(1024, 1024));
  EXPECT_EQ(host.tensors.at(0).size, 4u << 20);
  std::uint64_t bytes = 0;
  for (const auto& read : host.reads) bytes += read.size;
  EXPECT_LT(bytes, 400u << 10);
}

TEST(OnnxReading, AStoreThatDoesNotKnowTheSizeIsAskedOnceForASmallFile) {
  Host host;
  host.add_file("model.onnx", file({.initialisers = {tensor("w", {2, 2})}})).size_known = false;
  ASSERT_EQ(parse(host), MS_OK) << host.failure;
  EXPECT_EQ(host.reads.size(), 1u);
  EXPECT_THAT(names(host), ElementsAre("w"));
}

TEST(OnnxReading, TensorsOfSubgraphsHaveAScopeOfTheirOwn) {
  const Proto branch = graph({.nodes = {node("MatMul", {"x", "w"}, {"z"})}, .initialisers = {tensor("w", {4, 2})}, .outputs = {port("z")}});
  Host host;
  host.add_file("model.onnx", file({.nodes = {node("If", {"c"}, {"y"}, "choose", {subgraph("then_branch", branch), subgraph("else_branch", branch)})},
                                    .initialisers = {tensor("w", {3, 3})}, .inputs = {port("c"), port("x")}, .outputs = {port("y")}}));
  ASSERT_EQ(parse(host), MS_OK) << host.failure;
  EXPECT_THAT(names(host), ElementsAre("w", "choose.then_branch/w", "choose.else_branch/w"));
  EXPECT_THAT(host.tensors[1].shape, ElementsAre(2, 4)) << "the inner w: the outer is not read at all";
  EXPECT_EQ(host.tensors[0].flags, static_cast<std::uint32_t>(MS_TENSOR_CONSTANT));
}

TEST(OnnxReading, AFunctionIsWrittenOutWhereItIsCalled) {
  // fc(x, w) = Gemm(x, w, transB = @t)
  const Proto ref = Proto().text(1, "transB").text(21, "t").number(20, 2);
  const Proto function = Proto().text(1, "fc").text(4, "a").text(4, "b").text(5, "c").text(6, "t").message(7, node("Gemm", {"a", "b"}, {"c"}, "Gemm", {ref})).text(10, "own");
  Host host;
  host.add_file("model.onnx", model(graph({.nodes = {node("fc", {"x", "w"}, {"y"}, "/mlp/up/fc", {integer("t", 1)}, "own"), node("fc", {"y", "v"}, {"z"}, "/mlp/down/fc", {integer("t", 0)}, "own")},
                                           .initialisers = {tensor("w", {8, 4}), tensor("v", {8, 4})}, .inputs = {port("x")}, .outputs = {port("z")}})).message(25, function).bytes());
  ASSERT_EQ(parse(host), MS_OK) << host.failure;
  EXPECT_TRUE(host.tensors.at(0).stored.empty());
  EXPECT_THAT(host.tensors.at(1).stored, ElementsAre(8, 4));
  EXPECT_THAT(host.tensors.at(1).shape, ElementsAre(4, 8));
  EXPECT_EQ(host.tensors.at(0).aliases.at(0), "mlp.up.fc.weight") << "the call's name stands in front of the node's";
}

TEST(OnnxReading, AConstantNodeMayHoldAWeight) {
  Host host;
  host.add_file("model.onnx", file({.nodes = {node("Constant", {}, {"w"}, "", {value("value", tensor("", {4, 3}))}), node("Constant", {}, {"shape"}, "", {value("value", tensor("", {2}, 7))}),
                                              node("MatMul", {"x", "w"}, {"y"})}, .inputs = {port("x")}, .outputs = {port("y")}}));
  ASSERT_EQ(parse(host), MS_OK) << host.failure;
  EXPECT_THAT(names(host), ElementsAre("w"));
  EXPECT_THAT(host.parts.at("graph").text(), HasSubstr(R"("constants": 2)"));
}

TEST(OnnxReading, ASparseInitialiserHasTheShapeOfTheWhole) {
  Proto indices = Proto().number(1, 2).number(2, 7).text(9, std::string(8, '\0') + '\1' + std::string(7, '\0'));
  Host host;
  host.add_file("model.onnx", file({.nodes = {node("MatMul", {"x", "s"}, {"y"})}, .inputs = {port("x")}, .outputs = {port("y")},
                                    .sparse = {Proto().message(1, tensor("s", {2})).message(2, indices).number(3, 100).number(3, 50)}}));
  ASSERT_EQ(parse(host), MS_OK) << host.failure;
  EXPECT_THAT(host.tensors.at(0).shape, ElementsAre(50, 100));
}

TEST(OnnxReading, TheGraphSaysOperatorsSignaturesAndOperatorSets) {
  Host host;
  host.add_file("onnx/model.onnx", file({.nodes = {node("Relu", {"x"}, {"a"}), node("Relu", {"a"}, {"b"}), node("FastGelu", {"b"}, {"y"}, "", {}, "com.microsoft")},
                                         .inputs = {port("x", {-1, 4})}, .outputs = {port("y")}}));
  host.add_file("onnx/model_fp16.onnx", "");
  ASSERT_EQ(parse(host), MS_OK) << host.failure;
  EXPECT_EQ(host.parts.at("graph").text(),
            R"({"file": "onnx/model.onnx", "alternatives": ["onnx/model_fp16.onnx"], "ir_version": 8, "operator_sets": [{"domain": "", "version": 17}], )"
            R"("inputs": [{"name": "x", "dtype": "F32", "shape": ["n", 4]}], "outputs": [{"name": "y", "dtype": "F32", "shape": ["n", 4]}], )"
            R"("ops": [{"op": "FastGelu", "domain": "com.microsoft", "count": 1}, {"op": "Relu", "count": 2}], "nodes": 3, "subgraphs": 0, "functions": 0, )"
            R"("initialisers": 0, "constants": 0})");
}

TEST(OnnxReading, NodesOutOfOrderAreSortedAndSaid) {
  Host host;
  host.add_file("model.onnx", file({.nodes = {node("Relu", {"a"}, {"y"}), node("MatMul", {"x", "w"}, {"a"})}, .initialisers = {tensor("w", {4, 2})}, .inputs = {port("x")}, .outputs = {port("y")}}));
  ASSERT_EQ(parse(host), MS_OK) << host.failure;
  EXPECT_THAT(host.tensors.at(0).shape, ElementsAre(2, 4));
  ASSERT_EQ(host.problems.size(), 1u);
  EXPECT_THAT(host.problems[0].text, HasSubstr("not in order"));
}

// In the file: what the first product gives back, and the graph's ends; nothing of what the second takes but that.
TEST(OnnxReading, ShapesOfWhatGoesThroughNodesWithWeights) {
  Host host;
  host.add_file("net.onnx", file({.nodes = {node("MatMul", {"x", "fc1.weight"}, {"h"}), node("Relu", {"h"}, {"r"}), node("Gemm", {"r", "fc2.weight"}, {"y"})},
                                  .initialisers = {tensor("fc1.weight", {4, 8}), tensor("fc2.weight", {8, 2})},
                                  .inputs = {port("x", {-1, 4})},
                                  .outputs = {port("y", {-1, 2})},
                                  .infos = {port("h", {-1, 8})}}));
  ASSERT_EQ(parse(host), MS_OK) << host.failure;
  EXPECT_EQ(host.parts.at("graph_modules").text(),
            R"([{"name": "fc1", "op": "MatMul", "input": {"dtype": "F32", "shape": ["n", 4]}, "output": {"dtype": "F32", "shape": ["n", 8]}}, )"
            R"({"name": "fc2", "op": "Gemm", "output": {"dtype": "F32", "shape": ["n", 2]}}])");
}

}  // namespace
}  // namespace onnx_test
