// What a GGUF file says, whatever its version, byte order and number of files, and how little of it is read.
#include <gtest/gtest.h>

#include "format_run.hpp"
#include "gguf_bytes.hpp"

namespace formats {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

class GgufReading : public ::testing::Test {
 protected:
  GgufReading() {
    host.rules["ggml_type"] = Value::list({Value::object({{"id", "F32"}, {"number", 0}, {"block", 1}, {"bytes", 4}}), Value::object({{"id", "Q4_K"}, {"number", 12}, {"block", 256}, {"bytes", 144}})});
    host.rules["gguf_field"] = Value::list({Value::object({{"id", "h"}, {"field", "hidden_size"}, {"value", "{embedding_length}"}}),
                                             Value::object({{"id", "k"}, {"field", "num_key_value_heads"}, {"value", "{max:attention.head_count_kv}"}}),
                                             Value::object({{"id", "v"}, {"field", "vocab_size"}, {"value", "{len:tokenizer.ggml.tokens}"}}),
                                             Value::object({{"id", "o"}, {"field", "only_elsewhere"}, {"value", "{embedding_length}"}, {"only", Value::list({"other"})}}),
                                             Value::object({{"id", "a"}, {"field", "absent"}, {"value", "{no.such.key}"}})});
    architecture = Value::object({{"id", "llama"}, {"model_type", "llama"}});
    constant = Value::object({{"id", "rope"}});
    beside = Value::object({{"id", "projector"}});
    low = Value::object({{"id", "low"}, {"rank", 10}});
    host.match = [this](std::string_view table, std::string_view subject) -> const Value* {
      if (table == "gguf_architecture" && subject == "llama") return &architecture;
      if (table == "gguf_constant" && subject == "rope_freqs.weight") return &constant;
      if (table == "gguf_beside" && subject.starts_with("mmproj")) return &beside;
      if (table == "gguf_variant" && subject.find("BF16") != subject.npos) return &low;
      return nullptr;
    };
    host.evaluate = [](std::string_view text, const auto&) { return Value(std::string(text)); };
  }
  ms_status run() { return parse(host, "format.gguf"); }
  std::string shape(std::size_t i) const {
    std::string out;
    for (std::uint64_t axis : host.tensors.at(i).shape) out += (out.empty() ? "" : "x") + std::to_string(axis);
    return out;
  }
  FakeHost host;
  Value architecture, constant, beside, low;
};

std::string small_gguf(const GgufBytes& g) {
  return g.file({g.word("general.architecture", "llama"), g.number("llama.embedding_length", 64), g.entry("signed", I8, g.whole(0xFE, 1)), g.real("eps", 0.5f),
                 g.entry("flag", BOOL, g.whole(1, 1)), g.array("llama.attention.head_count_kv", I32, 3, g.u32(8) + g.u32(0) + g.u32(4)),
                 g.array("tokenizer.ggml.tokens", TEXT, 2, g.text("a") + g.text("b"))},
                {g.tensor("token_embd.weight", {64, 10}, 0, 0), g.tensor("blk.0.ffn_up.weight", {256, 2, 1, 1}, 12, 2560), g.tensor("rope_freqs.weight", {4}, 0, 2848)}, 2880);
}

struct Kind { const char* name; GgufBytes bytes; };
const Kind KINDS[] = {{"Version1", {1, false}}, {"Version2", {2, false}}, {"Version3", {3, false}}, {"BigEndian", {3, true}}, {"BigEndianVersion2", {2, true}}};
class GgufKinds : public GgufReading, public ::testing::WithParamInterface<Kind> {};
INSTANTIATE_TEST_SUITE_P(Kinds, GgufKinds, ::testing::ValuesIn(KINDS), [](const auto& test) { return std::string(test.param.name); });

TEST_P(GgufKinds, SayTheSame) {
  host.add_file("model.gguf", small_gguf(GetParam().bytes));
  ASSERT_EQ(run(), MS_OK) << host.failure;
  EXPECT_THAT(host.problems, IsEmpty());
  EXPECT_THAT(names(host), ElementsAre("token_embd.weight", "blk.0.ffn_up.weight", "rope_freqs.weight"));
  EXPECT_EQ(shape(0), "10x64");
  EXPECT_EQ(shape(1), "2x256");  // logs pad to four axes
  EXPECT_EQ(host.tensors[1].dtype, "Q4_K");
  EXPECT_EQ(host.tensors[1].size, 288u);
  EXPECT_EQ(host.tensors[0].flags, 0u);
  EXPECT_EQ(host.tensors[2].flags, MS_TENSOR_CONSTANT);
  EXPECT_THAT(host.parts.at("gguf").text(), HasSubstr(R"("metadata": {"general.architecture": "llama", "llama.embedding_length": 64, "signed": -2, "eps": 0.5, "flag": true, "llama.attention.head_count_kv": [8, 0, 4], "tokenizer.ggml.tokens": ["a", "b"]})"));
  EXPECT_THAT(host.parts.at("gguf").text(), HasSubstr(GetParam().bytes.big ? R"("byte_order": "big")" : R"("byte_order": "little")"));
  EXPECT_EQ(host.parts.at("config").text(), R"({"model_type": "llama", "hidden_size": 64, "num_key_value_heads": 8, "vocab_size": 2})");
}

const GgufBytes G;

TEST_F(GgufReading, ATypeThatNoRuleKnowsIsReportedAndCarried) {
  host.add_file("model.gguf", G.file({}, {G.tensor("a", {4}, 0, 0), G.tensor("b", {4}, 777, 32), G.tensor("c", {4}, 0, 96)}, 128));
  ASSERT_EQ(run(), MS_OK) << host.failure;
  EXPECT_EQ(host.tensors[1].dtype, "GGML_TYPE_777");
  EXPECT_EQ(host.tensors[1].size, MS_SIZE_UNKNOWN);
  EXPECT_THAT(host.problems, ElementsAre(IsProblem(MS_WARN, "b", HasSubstr("type GGML_TYPE_777 is not known here: the sizes of 1 tensor were not checked"))));
}

TEST_F(GgufReading, NothingInsideIsFine) {
  host.add_file("model.gguf", "GGUF" + G.u32(3) + G.u64(0) + G.u64(0));
  ASSERT_EQ(run(), MS_OK) << host.failure;
  EXPECT_THAT(host.tensors, IsEmpty());
}

TEST_F(GgufReading, AnAxisOfZeroAndAnAlignmentOfOneAreFine) {
  host.add_file("model.gguf", G.file({G.number("general.alignment", 1)}, {G.tensor("a", {0, 4}, 0, 0), G.tensor("b", {3}, 0, 0), G.tensor("c", {1}, 0, 12)}, 16, 1));
  ASSERT_EQ(run(), MS_OK) << host.failure;
  EXPECT_THAT(host.problems, IsEmpty());
  EXPECT_EQ(shape(0), "4x0");
}

TEST_F(GgufReading, ArraysMayNestALittle) {
  host.add_file("model.gguf", G.file({G.entry("a", ARRAY, G.u32(ARRAY) + G.u64(2) + G.u32(U8) + G.u64(1) + G.whole(7, 1) + G.u32(U8) + G.u64(0))}, {}));
  ASSERT_EQ(run(), MS_OK) << host.failure;
  EXPECT_THAT(host.parts.at("gguf").text(), HasSubstr(R"("a": [[7], []])"));
}

TEST_F(GgufReading, AFileCutInsideItsDataIsIncompleteAndAHeaderAloneIsEnough) {
  host.add_file("model.gguf", small_gguf(G).substr(0, small_gguf(G).size() - 40));
  ASSERT_EQ(run(), MS_OK);
  EXPECT_THAT(host.problems, ElementsAre(IsProblem(MS_ERROR, "model.gguf", HasSubstr("is cut short: the header promises data up to byte"))));
  FakeHost& first = host;
  first.files[0].bytes.resize(first.files[0].bytes.size() - 2840);
  first.files[0].size = first.files[0].bytes.size();
  first.tensors.clear(), first.problems.clear(), first.parts.clear();
  ASSERT_EQ(run(), MS_OK);
  EXPECT_THAT(host.problems, ElementsAre(IsProblem(MS_WARN, "model.gguf", HasSubstr("holds only the header"))));
}

std::string with_tokens(std::size_t count) {
  std::string items;
  for (std::size_t i = 0; i < count; ++i) items += G.text("token number " + std::to_string(i));
  return G.file({G.word("general.architecture", "llama"), G.array("tokenizer.ggml.tokens", TEXT, count, items), G.array("scores", F32, count, std::string(4 * count, '\0'))},
                {G.tensor("t", {4}, 0, 0)}, 32);
}

TEST_F(GgufReading, ATokenizerOfMegabytesIsPassedOverInFewReadsAndNothingIsReadTwice) {
  const std::string file = with_tokens(200000);
  ASSERT_GT(file.size(), 5'000'000u);
  host.add_file("model.gguf", file).size_known = false;
  ASSERT_EQ(run(), MS_OK) << host.failure;
  EXPECT_LE(host.reads.size(), 5u);
  std::uint64_t next = 0;
  for (const auto& read : host.reads) {
    EXPECT_GE(read.offset, next);
    next = read.offset + read.size;
  }
  EXPECT_THAT(host.parts.at("gguf").text(), HasSubstr(R"("tokenizer.ggml.tokens": {"length": 200000, "of": "text", "fnv1a": ")"));
  EXPECT_THAT(host.parts.at("gguf").text(), HasSubstr(R"("scores": {"length": 200000, "of": "f32"})"));
  EXPECT_THAT(host.parts.at("config").text(), HasSubstr(R"("vocab_size": 200000)"));
}

TEST_F(GgufReading, TheWindowsDoNotChangeWhatIsRead) {
  const std::string file = with_tokens(3000);
  std::vector<std::string> parts;
  for (std::uint64_t first : {64u, 65u, 127u, 4096u, 1u << 20}) {
    FakeHost other;
    other.rules = host.rules, other.match = host.match, other.evaluate = host.evaluate;
    other.add_file("model.gguf", file);
    ASSERT_EQ(parse(other, "format.gguf", Value::object({{"first_window", first}})), MS_OK) << other.failure;
    EXPECT_EQ(names(other), std::vector<std::string>{"t"});
    parts.push_back(other.parts.at("gguf").text());
    EXPECT_EQ(parts.back(), parts.front());
  }
}

TEST_F(GgufReading, ALongArrayOfNumbersIsJumpedOver) {
  const std::size_t count = 3'000'000;
  host.add_file("model.gguf", G.file({G.array("a", U64, count, std::string(8 * count, '\0')), G.number("b", 5)}, {}));
  ASSERT_EQ(run(), MS_OK) << host.failure;
  std::uint64_t read = 0;
  for (const auto& r : host.reads) read += r.size;
  EXPECT_LT(read, 2'000'000u);
  EXPECT_THAT(host.parts.at("gguf").text(), HasSubstr(R"("b": 5)"));
}

std::string shard(std::uint64_t number, const std::vector<std::string>& tensors, std::uint64_t total) {
  std::vector<std::string> entries = {G.entry("split.no", U16, G.whole(number, 2)), G.entry("split.tensors.count", I32, G.u32(total))};
  if (number == 0) entries.insert(entries.begin(), G.word("general.architecture", "llama"));  // only the first has it
  return G.file(entries, tensors, 32 * tensors.size());
}

TEST_F(GgufReading, ShardsAreOneModel) {
  host.add_file("m-Q8-00002-of-00002.gguf", shard(1, {G.tensor("b", {4}, 0, 0)}, 2));
  host.add_file("m-Q8-00001-of-00002.gguf", shard(0, {G.tensor("a", {4}, 0, 0)}, 2));
  ASSERT_EQ(run(), MS_OK) << host.failure;
  EXPECT_THAT(names(host), ElementsAre("a", "b"));
  EXPECT_EQ(host.tensors[1].file, "m-Q8-00002-of-00002.gguf");
  EXPECT_THAT(host.problems, IsEmpty());
  EXPECT_THAT(host.parts.at("gguf").text(), HasSubstr(R"("general.architecture": "llama")"));
  for (const auto& read : host.reads) EXPECT_EQ(read.batch, host.reads[0].batch);  // together
}

TEST_F(GgufReading, AShardThatIsMissingOrBrokenIsSaid) {
  host.add_file("m-00001-of-00003.gguf", shard(0, {G.tensor("a", {4}, 0, 0)}, 3));
  host.add_file("m-00003-of-00003.gguf", "GGUF and nonsense behind it");
  ASSERT_EQ(run(), MS_OK) << host.failure;
  EXPECT_THAT(names(host), ElementsAre("a"));
  EXPECT_THAT(host.problems, ElementsAre(IsProblem(MS_ERROR, "m-00001-of-00003.gguf", HasSubstr("2 of 3 files are here, missing: 2: download them")),
                                         IsProblem(MS_ERROR, "m-00003-of-00003.gguf", HasSubstr("is GGUF version"))));
}

TEST_F(GgufReading, TheLeastQuantisedVariantIsTheModelAndOthersAreChosenByName) {
  host.add_file("m-Q4_K.gguf", G.file({}, {G.tensor("q4_k", {4}, 0, 0)}, 32));
  host.add_file("m-Q4_K_M.gguf", G.file({}, {G.tensor("q4_k_m", {4}, 0, 0)}, 32));
  host.add_file("m-BF16.gguf", G.file({}, {G.tensor("bf16", {4}, 0, 0)}, 32));
  host.add_file("mmproj-F16.gguf", G.file({}, {G.tensor("v", {4}, 0, 0)}, 32));
  for (const auto& [select, tensor] : std::vector<std::pair<std::string, std::string>>{{"", "bf16"}, {"q4_k", "q4_k"}, {"Q4_K_M", "q4_k_m"}, {"m-Q4_K.gguf", "q4_k"}, {"mmproj-F16.gguf", "v"}}) {
    host.select = select;
    host.tensors.clear(), host.parts.clear(), host.problems.clear();
    ASSERT_EQ(run(), MS_OK) << select << host.failure;
    EXPECT_THAT(names(host), ElementsAre(tensor)) << select;
  }
  host.select = "Q3";
  host.parts.clear();
  EXPECT_EQ(run(), MS_NOT_FOUND);
  EXPECT_THAT(host.failure, HasSubstr("no GGUF file is called 'Q3'; there are: m-BF16.gguf, m-Q4_K.gguf, m-Q4_K_M.gguf"));
}

TEST_F(GgufReading, ProbesByName) {
  EXPECT_EQ(probe(host, "format.gguf"), 0);
  host.add_file("a/model-Q4_0.gguf", "");
  EXPECT_EQ(probe(host, "format.gguf"), 80);
  host.select = "a/model-Q4_0.gguf";
  EXPECT_EQ(probe(host, "format.gguf"), 100);
}

TEST_F(GgufReading, WhatStandsBehindTheNumberSignDecidesBetweenFormats) {
  host.add_file("model.safetensors", "");
  host.add_file("model.fp16.safetensors", "");
  host.add_file("m-Q4_K_M.gguf", "");
  const auto better = [this](const char* select) {
    host.select = select;
    return probe(host, "format.gguf") > probe(host, "format.safetensors") ? "gguf" : "safetensors";
  };
  EXPECT_STREQ(better(""), "safetensors");
  EXPECT_STREQ(better("Q4_K_M"), "gguf");
  EXPECT_STREQ(better("m-Q4_K_M.gguf"), "gguf");
  EXPECT_STREQ(better("fp16"), "safetensors");
  EXPECT_STREQ(better("model.safetensors"), "safetensors");
  EXPECT_STREQ(better("Q9"), "safetensors");
}

}  // namespace
}  // namespace formats
