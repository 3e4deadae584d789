// What must be refused or reported, and the sentence a person gets.
#include <gtest/gtest.h>

#include "onnx_bytes.hpp"
#include "onnx_run.hpp"

namespace onnx_test {
namespace {

using ::testing::HasSubstr;

struct Refused { const char* situation; std::string file; const char* sentence; };

std::string one(const Proto& initialiser) { return file({.initialisers = {initialiser}}); }
std::string in_model(const Proto& function) { return model(graph({})).message(25, function).bytes(); }
Proto function(const char* name, const Proto& body) { return Proto().text(1, name).text(10, "own").message(7, body); }
std::string cut(std::string bytes, std::size_t by) { return bytes.substr(0, bytes.size() - by); }

Proto nested(int depth) {
  Proto g = graph({.nodes = {node("Relu", {"x"}, {"y"})}});
  for (int i = 0; i < depth; ++i) g = graph({.nodes = {node("If", {"c"}, {"y"}, "", {subgraph("then_branch", g)})}});
  return g;
}

// A sparse tensor of 8 elements, [8] or [2, 4] as its indices have one axis or two.
std::string sparse(const Dims& values, const Dims& shape, const std::vector<std::int64_t>& indices) {
  Proto where, whole;
  for (const std::int64_t d : shape) where.number(1, d);
  std::string raw;
  for (const std::int64_t i : indices) raw.append(1, static_cast<char>(i)).append(7, '\0');
  whole.message(1, tensor("s", values)).message(2, where.number(2, 7).text(9, raw));
  if (shape.size() == 1) whole.number(3, 8);
  else whole.number(3, 2).number(3, 4);
  return file({.sparse = {whole}});
}

const Refused REFUSALS[] = {
    {"AnEmptyFile", "", "is empty (0 bytes)"},
    {"AnOrtFlatbuffer", std::string("\x28\0\0\0ORTM and so on", 18), "is an ONNX Runtime flatbuffer, which is not ONNX: give the .onnx file it was made from"},
    {"ALfsPointer", "version https://git-lfs.github.com/spec/v1\noid sha256:4d7a\n", "is a Git LFS pointer"},
    {"AnHtmlPage", "<!DOCTYPE html><html>", "is an HTML page"},
    {"NotProtobuf", "this is just a text that somebody gave the suffix", "this is no ONNX model, or damaged"},
    {"NoGraph", Proto().number(1, 8).bytes(), "no graph is in it: this is no ONNX model"},
    {"TwoGraphs", model(graph({})).message(7, graph({})).bytes(), "a second graph; a model has one"},
    {"ATruncatedVarint", Proto().number(1, 8).tag(7, 2).raw("\xff\xff").bytes(), "the file ends inside a value"},
    {"AVarintOfElevenBytes", Proto().tag(1, 0).raw(std::string(11, '\xff')).bytes(), "the file ends inside a value, or the value is no number"},
    {"AWrongWireType", Proto().number(7, 5).bytes(), "field 7 of the model is a number, expected bytes with their length"},
    {"AGroup", Proto().tag(7, 3).bytes(), "has wire type 3, which ONNX has not"},
    {"FieldZero", Proto().tag(0, 0).varint(1).bytes(), "field number 0 in the model"},
    {"CutShort", cut(one(tensor("w", {2, 2})), 3), "but only"},
    {"ALengthPastTheFile", Proto().tag(7, 2).varint(1u << 30).bytes(), "says it has 1073741824 bytes, but only 0 are there"},
    {"ALengthOf64Bits", Proto().tag(7, 2).varint(UINT64_MAX).bytes(), "says it has 18446744073709551615 bytes"},
    {"ANegativeAxis", one(tensor("w", {-1, 2}, 1, 8)), "a tensor has an axis of -1; an axis is not negative"},
    {"AxesWithoutEnd", one(tensor("w", Dims(65, 1))), "a tensor has more than 64 axes"},
    {"TooLittleRawData", one(tensor("w", {2, 2}, 1, 15)), "tensor 'w' [2, 2] takes 16 bytes, 15 are there"},
    {"TooMuchRawData", one(tensor("w", {2, 2}, 1, 17)), "tensor 'w' [2, 2] takes 16 bytes, but 17 are there"},
    {"TooLittleTypedData", one(Proto().number(1, 2).number(2, 1).text(8, "w").text(4, "1234")), "tensor 'w' [2] takes 8 bytes, 4 are there"},
    {"HalfBytesOfTheWrongSize", one(tensor("w", {3}, 22, 1)), "tensor 'w' [3] takes 2 bytes, 1 are there"},
    {"TheShapeOverflows", one(tensor("w", {INT64_MAX, 3}, 1, 4)), "has more elements than 64-bit numbers can count"},
    {"AnInitialiserWithoutAName", one(tensor("", {1})), "an initialiser has no name"},
    {"ASparseInitialiserWithoutAName", file({.sparse = {Proto().message(1, tensor("", {0})).number(3, 4)}}), "a sparse initialiser has no name"},
    {"ASparseIndexOutside", file({.sparse = {Proto().message(1, tensor("s", {1})).message(2, Proto().number(1, 1).number(2, 7).text(9, std::string("\x09\0\0\0\0\0\0\0", 8))).number(3, 4)}}),
     "sparse tensor 's' has the index 9, outside its 4 elements"},
    {"SparseIndicesThatDoNotRise", sparse({2}, {2}, {5, 1}), "sparse tensor 's': its indices do not rise at 1"},
    {"ASparseIndexTwice", sparse({2}, {2}, {5, 5}), "sparse tensor 's': its indices do not rise at 5"},
    {"SparsePlacesThatDoNotRise", sparse({2}, {2, 2}, {1, 0, 0, 3}), "sparse tensor 's': its indices do not rise at [0, 3]"},
    {"ASparsePlaceOutsideAnAxis", sparse({1}, {1, 2}, {0, 4}), "sparse tensor 's' has the index [0, 4], outside its shape"},
    {"SparseIndicesOfTheWrongShape", file({.sparse = {Proto().message(1, tensor("s", {2})).message(2, tensor("", {1}, 7)).number(3, 4)}}), "its indices are not INT64 [values] or [values, axes]"},
    {"TheSameInitialiserTwice", file({.initialisers = {tensor("w", {1}), tensor("w", {1})}}), "initialiser 'w' is there twice"},
    {"ANegativeOffset", one(external("w", {4}, {"location", "w.bin", "offset", "-1"})), "has offset '-1', which is no number"},
    {"AFunctionThatCallsItself", in_model(function("f", node("f", {}, {}, "", {}, "own"))), "function 'f' calls itself"},
    {"AFunctionThatCallsItselfInsideAnIf", in_model(function("f", node("If", {"c"}, {"y"}, "", {subgraph("then_branch", graph({.nodes = {node("f", {}, {}, "", {}, "own")}}))}))), "function 'f' calls itself"},
    {"FunctionsThatCallEachOther", model(graph({})).message(25, function("f", node("g", {}, {}, "", {}, "own"))).message(25, function("g", node("f", {}, {}, "", {}, "own"))).bytes(), "calls itself, directly or through others"},
    {"GraphsInGraphs", model(nested(60)).bytes(), "messages lie in each other more than 100 deep"},
    {"NodesInACircle", file({.nodes = {node("Relu", {"b"}, {"a"}), node("Relu", {"a"}, {"b"})}}), "its nodes need each other's results in a circle"},
    {"ANameThatIsNotUtf8", one(tensor("\xff", {1})), "a text is not UTF-8"},
};

class OnnxRefused : public ::testing::TestWithParam<Refused> {};
INSTANTIATE_TEST_SUITE_P(Cases, OnnxRefused, ::testing::ValuesIn(REFUSALS), [](const auto& test) { return std::string(test.param.situation); });

TEST_P(OnnxRefused, WithASentenceThatSaysWhy) {
  Host host;
  host.add_file("model.onnx", GetParam().file);
  EXPECT_NE(parse(host), MS_OK);
  EXPECT_THAT(host.failure, ::testing::StartsWith("model.onnx: "));
  EXPECT_THAT(host.failure, HasSubstr(GetParam().sentence));
}

TEST(OnnxRefused, FunctionsThatDoubleEachOtherEndAtTheLimit) {
  Proto m = model(graph({.nodes = {node("f0", {}, {}, "", {}, "own")}}));
  for (int i = 0; i < 40; ++i) {
    const std::string next = "f" + std::to_string(i + 1);
    m.message(25, Proto().text(1, "f" + std::to_string(i)).text(10, "own").message(7, node(next, {}, {}, "", {}, "own")).message(7, node(next, {}, {}, "", {}, "own")));
  }
  m.message(25, Proto().text(1, "f40").text(10, "own").message(7, node("Relu", {}, {})));
  Host host;
  host.add_file("model.onnx", m.bytes());
  EXPECT_NE(parse(host, Value::object({{"max_nodes", 1000}})), MS_OK);
  EXPECT_THAT(host.failure, HasSubstr("has more than 1000 nodes with its functions written out (option max_nodes)"));
}

TEST(OnnxRefused, ExternalDataThatLeadsElsewhereIsReportedAndNeverOpened) {
  for (const char* location : {"../../etc/passwd", "/etc/passwd", "a/../../b", "C:\\weights", ""}) {
    Host host;
    host.add_file("model.onnx", one(external("w", {4}, {"location", location})));
    host.add_file("etc/passwd", "secret");
    ASSERT_EQ(parse(host), MS_OK) << host.failure;
    EXPECT_THAT(names(host), ::testing::ElementsAre("w"));
    ASSERT_EQ(host.problems.size(), 1u) << location;
    EXPECT_EQ(host.problems[0].level, MS_ERROR);
    EXPECT_THAT(host.problems[0].text, ::testing::AllOf(HasSubstr("'w'"), HasSubstr(location), HasSubstr("it is not opened")));
    for (const auto& read : host.reads) EXPECT_EQ(read.file, "model.onnx");
  }
}

TEST(OnnxRefused, ExternalDataPastItsFileIsReported) {
  Host host;
  host.add_file("onnx/model.onnx", one(external("w", {4}, {"location", "w.bin", "offset", "4096", "length", "16"})));
  host.add_file("onnx/w.bin", std::string(100, '\0'));
  ASSERT_EQ(parse(host), MS_OK) << host.failure;
  ASSERT_EQ(host.problems.size(), 1u);
  EXPECT_EQ(host.problems[0].text, "tensor 'w' is said to be at bytes 4096 to 4112 of w.bin, which has 100: it is cut short, or of another model");
}

TEST(OnnxRefused, AbsentWeightsAreNoFault) {
  Host host;
  host.add_file("model.onnx", one(external("w", {4}, {"location", "w.bin", "offset", "0", "length", "16"})));
  ASSERT_EQ(parse(host), MS_OK) << host.failure;
  ASSERT_EQ(host.problems.size(), 1u);
  EXPECT_EQ(host.problems[0].level, MS_INFO);
  EXPECT_EQ(host.tensors.at(0).size, 16u);
}

struct Reported { const char* situation; std::string file; const char* sentence; };
const Reported REPORTED[] = {
    {"NoOperatorSet", Proto().number(1, 8).message(7, graph({})).bytes(), "says no operator set"},
    {"AValueMadeTwice", file({.nodes = {node("Relu", {}, {"a"}), node("Relu", {}, {"a"})}}), "value 'a' is made by two nodes"},
    {"AnUndefinedOutput", file({.outputs = {port("y")}}), "value 'y' is needed, but nothing makes it"},
    {"AnOldInitialiserThatIsNoInput", Proto().number(1, 3).message(8, Proto().number(2, 7)).message(7, graph({.initialisers = {tensor("w", {1})}})).bytes(),
     "initialiser 'w' is no graph input, which IR version 3 demands"},
};
class OnnxReported : public ::testing::TestWithParam<Reported> {};
INSTANTIATE_TEST_SUITE_P(Cases, OnnxReported, ::testing::ValuesIn(REPORTED), [](const auto& test) { return std::string(test.param.situation); });

TEST_P(OnnxReported, AndReadAllTheSame) {
  Host host;
  host.add_file("model.onnx", GetParam().file);
  EXPECT_EQ(parse(host), MS_OK) << host.failure;
  ASSERT_FALSE(host.problems.empty());
  EXPECT_EQ(host.problems[0].level, MS_WARN);
  EXPECT_THAT(host.problems[0].text, HasSubstr(GetParam().sentence));
}

TEST(OnnxRefused, AnyPrefixOfAModelIsRefusedOrReadButNeverMore) {
  const std::string whole = file({.nodes = {node("Gemm", {"x", "w", "b"}, {"y"}, "/fc/Gemm", {integer("transB", 1)})},
                                  .initialisers = {tensor("w", {3, 4}), tensor("b", {3})}, .inputs = {port("x")}, .outputs = {port("y", {-1, 3})}});
  for (std::size_t size = 0; size < whole.size(); ++size) {
    Host host;
    host.add_file("model.onnx", whole.substr(0, size));
    EXPECT_NE(parse(host), MS_OK) << size;
    EXPECT_THAT(host.failure, ::testing::StartsWith("model.onnx: ")) << size;
  }
}

}  // namespace
}  // namespace onnx_test
