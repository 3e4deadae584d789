// Roles from the place in the graph alone: no name here says anything.
#include <gtest/gtest.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>

#include "onnx_bytes.hpp"
#include "onnx_run.hpp"
#include "tests/support/paths.hpp"

namespace onnx_test {
namespace {

using ::testing::ElementsAre;

// Adds nodes with names v1, v2 ... and tensors t1, t2 ...; hidden size 8, two heads.
class Builder {
 public:
  std::string op(const char* type, Texts inputs, std::vector<Proto> attributes = {}, std::string_view domain = "") {
    const std::string out = "v" + std::to_string(++values_);
    parts.nodes.push_back(node(type, inputs, {out}, "", attributes, domain));
    return out;
  }
  std::string weight(const Dims& dims, std::int64_t type = 1) {
    parts.initialisers.push_back(tensor("t" + std::to_string(parts.initialisers.size()), dims, type));
    return "t" + std::to_string(parts.initialisers.size() - 1);
  }
  std::string linear(const std::string& x, std::int64_t in, std::int64_t out) { return op("MatMul", {x, weight({in, out})}); }
  std::string biased(const std::string& x, std::int64_t in, std::int64_t out) { const std::string y = linear(x, in, out); return op("Add", {weight({out}), y}); }
  std::string rms(const std::string& x) { return op("SimplifiedLayerNormalization", {x, weight({8})}); }
  // x - mean(x) ... * weight + bias, as older exporters write it
  std::string layer_norm(const std::string& x) {
    const std::string centred = op("Sub", {x, op("ReduceMean", {x})});
    const std::string scaled = op("Div", {centred, op("Sqrt", {op("ReduceMean", {op("Mul", {centred, centred})})})});
    const std::string y = op("Mul", {scaled, weight({8})});
    return op("Add", {y, weight({8})});
  }
  std::string heads(const std::string& x) { return op("Transpose", {op("Reshape", {x, cut.empty() ? weight({4}, 7) : cut})}); }
  std::string shape(const std::vector<std::int64_t>& axes) {
    const std::string name = "shape" + std::to_string(parts.initialisers.size());
    std::string raw;
    for (const std::int64_t axis : axes)
      for (int byte = 0; byte < 8; ++byte) raw += static_cast<char>(static_cast<std::uint64_t>(axis) >> 8 * byte);
    parts.initialisers.push_back(Proto().number(1, static_cast<std::int64_t>(axes.size())).number(2, 7).text(8, name).text(9, raw));
    return name;
  }
  std::string cut;  // the shape that projections are cut into; empty: nothing that says anything
  std::string attention(const std::string& q, const std::string& k, const std::string& v) {
    const std::string scores = op("Softmax", {op("MatMul", {heads(q), op("Transpose", {heads(k)})})});
    return op("Reshape", {op("Transpose", {op("MatMul", {scores, heads(v)})}), weight({3}, 7)});
  }
  GraphParts parts = {.nodes = {}, .initialisers = {}, .inputs = {port("input_ids", {-1, -1}, 7)}, .outputs = {}, .sparse = {}};

  // the configuration that the graph is read as
  Value config(const std::string& result) {
    parts.nodes.push_back(node("Identity", {result}, {"result"}));
    parts.outputs.push_back(port("result"));
    Host host;
    host.add_file("model.onnx", file(parts));
    EXPECT_EQ(parse(host), MS_OK) << host.failure;
    return host.parts.at("config");
  }

  // the role alias of every tensor that is a weight, in order
  Texts roles(const std::string& result) {
    parts.nodes.push_back(node("Identity", {result}, {"result"}));
    parts.outputs.push_back(port("result"));
    Host host;
    host.add_file("model.onnx", file(parts));
    EXPECT_EQ(parse(host), MS_OK) << host.failure;
    Texts out;
    for (const auto& t : host.tensors) {
      if (t.flags & (MS_TENSOR_CONSTANT | MS_TENSOR_COMPANION)) continue;
      const auto it = std::find_if(t.aliases.begin(), t.aliases.end(), [](const std::string& a) { return a.starts_with('@'); });
      out.push_back(it == t.aliases.end() ? "" : *it);
    }
    return out;
  }

 private:
  int values_ = 0;
};

// heads, KV heads, width of a head; "-" where the graph does not say it
std::string heads_of(const Value& config) {
  std::string out;
  for (const char* field : {"num_attention_heads", "num_key_value_heads", "head_dim"}) {
    const Value* v = config.find(field);
    out += (out.empty() ? "" : " ") + (v ? v->text() : "-");
  }
  return out;
}

// One layer of hidden size 8 whose keys and values are 4 wide.
Value grouped(Builder& b) {
  const std::string x = b.op("Gather", {b.weight({20, 8}), "input_ids"}), n = b.rms(x);
  const std::string q = b.linear(n, 8, 8), k = b.biased(n, 8, 4), v = b.linear(n, 8, 4);
  return b.config(b.op("Add", {x, b.linear(b.attention(q, k, v), 8, 8)}));
}

TEST(OnnxConfig, AHeadIsAsWideAsTheShapeBehindTheProjectionSays) {
  Builder b;
  b.cut = b.shape({1, -1, 4, 2});
  EXPECT_EQ(heads_of(grouped(b)), "4 2 2");
}

TEST(OnnxConfig, AShapePutTogetherOfWhatIsKnownAndWhatIsNot) {
  Builder b;
  b.cut = b.op("Concat", {b.op("Shape", {"input_ids"}), b.op("Unsqueeze", {b.shape({4})}), b.op("Unsqueeze", {b.op("Shape", {"input_ids"})}), b.shape({2})});
  EXPECT_EQ(heads_of(grouped(b)), "4 2 2");
}

TEST(OnnxConfig, AShapeThatDoesNotSayTheWidthLeavesTheHeadsUnknown) {
  Builder worked_out, none;
  worked_out.cut = worked_out.op("Concat", {worked_out.shape({1, -1, 0}), worked_out.op("Shape", {"input_ids"})});
  EXPECT_EQ(heads_of(grouped(worked_out)), "- - -");
  EXPECT_EQ(heads_of(grouped(none)), "- - -");
}

TEST(OnnxRoles, APreNormDecoderWithAGate) {
  Builder b;
  std::string x = b.op("Gather", {b.weight({20, 8}), "input_ids"});
  Texts expected = {"@embed.tokens"};
  for (int layer = 0; layer < 2; ++layer) {
    const std::string n = b.rms(x), q = b.linear(n, 8, 8), k = b.linear(n, 8, 8), v = b.linear(n, 8, 8);
    x = b.op("Add", {x, b.linear(b.attention(q, k, v), 8, 8)});
    const std::string m = b.rms(x), gate = b.linear(m, 8, 12), up = b.linear(m, 8, 12);
    x = b.op("Add", {x, b.linear(b.op("Mul", {b.op("Mul", {gate, b.op("Sigmoid", {gate})}), up}), 12, 8)});
    for (const char* role : {"@attn.norm", "@attn.q", "@attn.k", "@attn.v", "@attn.o", "@ffn.norm", "@ffn.gate", "@ffn.up", "@ffn.down"}) expected.push_back(role + std::string(" ") + std::to_string(layer));
  }
  expected.insert(expected.end(), {"@final.norm", "@head.lm"});
  EXPECT_EQ(b.roles(b.linear(b.rms(x), 8, 20)), expected);
}

TEST(OnnxRoles, TheUpProjectionMayStandInFrontOfTheGate) {
  Builder b;
  std::string x = b.op("Gather", {b.weight({20, 8}), "input_ids"});
  const std::string n = b.rms(x);
  x = b.op("Add", {x, b.linear(b.attention(b.linear(n, 8, 8), b.linear(n, 8, 8), b.linear(n, 8, 8)), 8, 8)});
  const std::string m = b.rms(x), up = b.linear(m, 8, 12), gate = b.linear(m, 8, 12);
  x = b.op("Add", {b.linear(b.op("Mul", {up, b.op("Relu", {gate})}), 12, 8), x});
  const Texts roles = b.roles(b.linear(b.rms(x), 8, 20));
  EXPECT_EQ(roles.at(7), "@ffn.up 0");
  EXPECT_EQ(roles.at(8), "@ffn.gate 0");
}

TEST(OnnxRoles, APostNormEncoderThatIsWrittenOut) {
  Builder b;
  std::string x = b.layer_norm(b.op("Add", {b.op("Gather", {b.weight({20, 8}), "input_ids"}), b.op("Gather", {b.weight({16, 8}), b.op("Range", {"input_ids"})})}));
  const std::string q = b.biased(x, 8, 8), k = b.biased(x, 8, 8), v = b.biased(x, 8, 8);
  x = b.layer_norm(b.op("Add", {b.biased(b.attention(q, k, v), 8, 8), x}));
  x = b.layer_norm(b.op("Add", {b.biased(b.op("Erf", {b.biased(x, 8, 12)}), 12, 8), x}));
  x = b.layer_norm(b.op("Tanh", {b.biased(x, 8, 8)}));
  const Texts roles = b.roles(b.biased(x, 8, 20));
  EXPECT_THAT(roles, ElementsAre("@embed.tokens", "@embed.positions", "@embed.norm", "@embed.norm.bias", "@attn.q 0", "@attn.q.bias 0", "@attn.k 0", "@attn.k.bias 0", "@attn.v 0",
                                 "@attn.v.bias 0", "@attn.o 0", "@attn.o.bias 0", "@attn.add_norm 0", "@attn.add_norm.bias 0", "@ffn.up 0", "@ffn.up.bias 0", "@ffn.down 0",
                                 "@ffn.down.bias 0", "@ffn.add_norm 0", "@ffn.add_norm.bias 0", "@head.dense", "@head.dense.bias", "@head.norm", "@head.norm.bias", "@head.lm", "@head.lm.bias"));
}

TEST(OnnxRoles, OneProjectionForAllThreeAndAFusedGate) {
  Builder b;
  std::string x = b.op("Gather", {b.weight({20, 8}), "input_ids"});
  const std::string qkv = b.linear(b.rms(x), 8, 24);
  x = b.op("Add", {x, b.linear(b.op("GroupQueryAttention", {qkv, "", ""}, {}, "com.microsoft"), 8, 8)});
  const std::string both = b.linear(b.rms(x), 8, 24);
  x = b.op("Add", {x, b.linear(b.op("Mul", {b.op("Sigmoid", {b.op("Slice", {both})}), b.op("Slice", {both})}), 12, 8)});
  EXPECT_THAT(b.roles(b.linear(b.rms(x), 8, 20)), ElementsAre("@embed.tokens", "@attn.norm 0", "@attn.qkv 0", "@attn.o 0", "@ffn.norm 0", "@ffn.gate_up 0", "@ffn.down 0", "@final.norm", "@head.lm"));
}

TEST(OnnxRoles, ATensorWithTwoUsesIsTwoTensors) {
  Builder b;
  const std::string table = b.weight({20, 8});
  std::string x = b.op("Gather", {table, "input_ids"});
  const std::string n = b.rms(x);
  x = b.op("Add", {x, b.linear(b.attention(b.linear(n, 8, 8), b.linear(n, 8, 8), b.linear(n, 8, 8)), 8, 8)});
  const Texts roles = b.roles(b.op("MatMul", {b.rms(x), b.op("Transpose", {table})}));
  EXPECT_EQ(roles.at(0), "@embed.tokens");
  EXPECT_EQ(roles.at(1), "@head.lm");
}

TEST(OnnxRoles, WhatNoPlaceExplainsHasNoRole) {
  Builder b;  // two projections without attention, three branches into one product
  const std::string x = b.op("Gather", {b.weight({20, 8}), "input_ids"});
  const std::string a = b.linear(x, 8, 12), c = b.linear(x, 8, 12), d = b.linear(x, 8, 12);
  const Texts roles = b.roles(b.op("Concat", {x, b.linear(b.op("Mul", {a, b.op("Mul", {c, d})}), 12, 8)}));
  EXPECT_THAT(roles, ElementsAre("@embed.tokens", "", "", "", ""));
}

TEST(OnnxRoles, ARoleThatTwoTensorsClaimIsNobodys) {
  Builder b;  // two heads
  std::string x = b.op("Gather", {b.weight({20, 8}), "input_ids"});
  const std::string other = b.linear(x, 8, 4), head = b.linear(x, 8, 20);
  b.parts.nodes.push_back(node("Identity", {other}, {"other"}));
  b.parts.outputs.push_back(port("other"));
  EXPECT_THAT(b.roles(head), ElementsAre("@embed.tokens", "", ""));
}

// Real exports whose names say little or much: the number of tensors whose role their place tells.
TEST(OnnxRoles, InExportsOfTheCollection) {
  const auto zoo = modelsig::testing::shared_dir() / "zoo/onnx/ort";
  if (!std::filesystem::exists(zoo)) GTEST_SKIP() << zoo << " is not there";
  const std::pair<const char*, int> EXPORTS[] = {
      {"py-transformers__gpt2_past.onnx", 148},                       // 12 layers of 12, 2 embeddings, final norm
      {"transform__fusion__gpt2_past_mask_one_layer.onnx", 14},
      {"transform__model_parallel__bart_self_attention_megatron_basic_test.onnx", 8},
      {"py-transformers__TFBertForQuestionAnswering.onnx", 391},      // 24 layers of 16, 3 embeddings, a norm, a head
      {"py-transformers__gpt2_megatron_opt_skiplayernorm.onnx", 17},
  };
  for (const auto& [name, count] : EXPORTS) {
    std::ifstream in(zoo / name, std::ios::binary);
    Host host;
    host.add_file("model.onnx", {std::istreambuf_iterator<char>(in), {}});
    ASSERT_EQ(parse(host), MS_OK) << name << host.failure;
    int known = 0;
    for (const auto& t : host.tensors) known += std::any_of(t.aliases.begin(), t.aliases.end(), [](const std::string& a) { return a.starts_with('@'); });
    EXPECT_EQ(known, count) << name;
  }
}

TEST(OnnxReading, EveryModelOfTheCollectionIsRead) {
  const auto shared = modelsig::testing::shared_dir();
  if (!std::filesystem::exists(shared)) GTEST_SKIP() << shared << " is not there";
  std::size_t files = 0;
  for (const auto& entry : std::filesystem::recursive_directory_iterator(shared / "zoo")) {
    if (entry.path().extension() != ".onnx" && entry.path().extension() != ".ort") continue;
    std::ifstream in(entry.path(), std::ios::binary);
    Host host;
    host.add_file(entry.path().filename().string(), {std::istreambuf_iterator<char>(in), {}});
    const bool onnx = entry.path().extension() == ".onnx";
    EXPECT_EQ(parse(host), onnx ? MS_OK : MS_UNSUPPORTED) << entry.path() << " " << host.failure;
    files += onnx;
  }
  EXPECT_GE(files, 100u);
}

}  // namespace
}  // namespace onnx_test
