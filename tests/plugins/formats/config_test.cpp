// format.config: what becomes a part of the model, and what is said of a file that cannot.
#include <gtest/gtest.h>

#include "format_run.hpp"
#include "tests/support/rules_host.hpp"

namespace formats {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using modelsig::testing::RulesHost;

ms_status read(FakeHost& host) { return parse(host, "format.config"); }
// The part "config" of a repository with this config.json, or the problem about it.
std::string config(const std::string& text) {
  RulesHost host;
  host.add_file("config.json", text);
  EXPECT_EQ(read(host), MS_OK) << host.failure;
  if (!host.problems.empty()) return host.problems[0].text;
  return host.parts.count("config") ? host.parts["config"].text() : "no part";
}

TEST(Config, KeepsEverythingInItsOrder) {
  EXPECT_EQ(config(R"({ "b": [1, -2, 1e-06, true, null, "x\u00e9\n"], "a": {"c": {}} })"),
            "{\"b\": [1, -2, 1e-06, true, null, \"xé\n\"], \"a\": {\"c\": {}}}");
}
TEST(Config, TakesWhatPythonWrites) { EXPECT_EQ(config(R"({"time_step_limit": [0.0, Infinity, -Infinity, NaN]})"), R"({"time_step_limit": [0.0, Infinity, -Infinity, NaN]})"); }
TEST(Config, NeedsNoModelType) { EXPECT_EQ(config(R"({"sample_size": 64})"), R"({"sample_size": 64})"); }
TEST(Config, MayBeEmpty) { EXPECT_EQ(config("{}"), "{}"); }
TEST(Config, IntegersKeepTheirKindUpTo64BitsAndBecomeRealsBeyond) {
  EXPECT_EQ(config(R"({"a": 18446744073709551615, "b": -9223372036854775808, "c": 18446744073709551616})"),
            R"({"a": 18446744073709551615, "b": -9223372036854775808, "c": 18446744073709551616.0})");
}
TEST(Config, RealsAreReadToTheLastBit) { EXPECT_EQ(config(R"({"a": 0.1, "b": 1000000.0, "c": 2.2250738585072014e-308})"), R"({"a": 0.1, "b": 1e+06, "c": 2.2250738585072014e-308})"); }
TEST(Config, RealsThatAreTooSmallAreZero) { EXPECT_EQ(config(R"({"a": 1e-400, "b": -0.0, "c": -0, "d": 5E-324})"), R"({"a": 0.0, "b": -0.0, "c": 0, "d": 5e-324})"); }
TEST(Config, ASyntaxErrorHasItsLineAndColumn) {
  EXPECT_EQ(config("{\n  \"note\": \"two\\nlines\",\n  \"a\": 1\n  \"b\": 2\n}"), "line 4, column 3: ',' or '}' was expected, found '\"'");
  EXPECT_EQ(config("{\"a\": 1,}"), "line 1, column 9: a member name in double quotes was expected, found '}'");
  EXPECT_EQ(config("{\"é\": tru}"), "line 1, column 10: a JSON value was expected, found '}'");
}
TEST(Config, CutShortIsSaid) { EXPECT_EQ(config("{\"a\": {\"b\": [1, 2"), "line 1, column 18: ',' or ']' was expected, the text ends here"); }
TEST(Config, NotAnObjectIsSaid) {
  EXPECT_EQ(config("[1]"), "is a list, but a configuration is a JSON object");
  EXPECT_EQ(config("null"), "is null, but a configuration is a JSON object");
  EXPECT_EQ(config("3"), "is a number, but a configuration is a JSON object");
}
TEST(Config, WhatIsNoJsonIsNamed) {
  EXPECT_EQ(config(""), "is empty (0 bytes): download it again");
  EXPECT_THAT(config("<!doctype HTML><html>"), HasSubstr("is an HTML page"));
  EXPECT_THAT(config("version https://git-lfs.github.com/spec/v1\noid sha256:1\nsize 1\n"), HasSubstr("is a Git LFS pointer"));
  EXPECT_THAT(config(std::string("{\"a\": \"\xff\"}")), HasSubstr("line 1, column 8: is not UTF-8"));
  EXPECT_THAT(config("\xef\xbb\xbf{}"), HasSubstr("starts with a byte-order mark"));
  EXPECT_THAT(config("{\"a\":" + std::string(100000, '{')), HasSubstr("a member name"));
  EXPECT_THAT(config("{\"a\":" + std::string(100000, '[')), HasSubstr("is nested deeper than 200 levels"));
}

TEST(Config, OfEqualKeysTheLastCountsAtTheFirstPlace) {
  RulesHost host;
  host.add_file("config.json", R"({"a": 1, "b": {"x": 1, "x": 2, "x": 3}, "a": [4]})");
  ASSERT_EQ(read(host), MS_OK) << host.failure;
  EXPECT_EQ(host.parts["config"].text(), R"({"a": [4], "b": {"x": 3}})");
  EXPECT_THAT(host.problems, ElementsAre(IsProblem(MS_WARN, "config.json", "has 'a' more than once in one object: the last one counts"),
                                         IsProblem(MS_WARN, "config.json", "has 'x' more than once in one object: the last one counts")));
}

TEST(Config, CompanionsAreParts) {
  RulesHost host;
  for (const char* name : {"config.json", "generation_config.json", "hf_quant_config.json", "quantize_config.json", "quant_config.json", "adapter_config.json", "params.json"})
    host.add_file(name, std::string("{\"from\": \"") + name + "\"}");
  EXPECT_EQ(probe(host, "format.config"), 100);
  ASSERT_EQ(read(host), MS_OK) << host.failure;
  EXPECT_EQ(host.parts.size(), 6u);
  EXPECT_EQ(host.parts["hf_quant_config"].text(), R"({"from": "hf_quant_config.json"})");
  EXPECT_EQ(host.parts.count("params"), 0u) << "config.json is there";
  EXPECT_EQ(host.reads.back().batch, 0u) << "one round";
}

TEST(Config, ParamsStandInForAMissingConfig) {
  RulesHost host;
  host.add_file("params.json", R"({"dim": 4096})");
  EXPECT_EQ(probe(host, "format.config"), 100);
  ASSERT_EQ(read(host), MS_OK) << host.failure;
  EXPECT_EQ(host.parts["params"].text(), R"({"dim": 4096})");
}

TEST(Config, AListIsOneWhereAListBelongs) {
  RulesHost host;
  host.add_file("modules.json", R"([{"idx": 0, "path": "", "type": "sentence_transformers.models.Transformer"}])");
  host.add_file("model_index.json", "[]");
  ASSERT_EQ(read(host), MS_OK) << host.failure;
  EXPECT_EQ(host.parts["module_list"].text(), R"([{"idx": 0, "path": "", "type": "sentence_transformers.models.Transformer"}])");
  EXPECT_THAT(host.problems, ElementsAre(IsProblem(MS_ERROR, "model_index.json", "is a list, but a configuration is a JSON object")));
}

TEST(Config, OneBadCompanionLeavesTheRest) {
  RulesHost host;
  host.add_file("config.json", "{}");
  host.add_file("generation_config.json", "{");
  host.add_file("hf_quant_config.json", "{}").broken = "connection reset";
  ASSERT_EQ(read(host), MS_OK) << host.failure;
  EXPECT_EQ(host.parts.size(), 1u);
  EXPECT_THAT(host.problems, ElementsAre(IsProblem(MS_WARN, "generation_config.json", HasSubstr("the text ends here")),
                                         IsProblem(MS_ERROR, "hf_quant_config.json", HasSubstr("connection reset"))));
}

TEST(Config, NothingOfOursIsNotOurs) {
  RulesHost host;
  host.add_file("tokenizer.json", "{}");
  EXPECT_EQ(probe(host, "format.config"), 0);
}

TEST(Config, ALargeFileOfUnknownSizeIsReadAndOneTooLargeIsNot) {
  RulesHost host;
  host.add_file("config.json", "{\"ignore\": [\"" + std::string(3'000'000, 'x') + "\"]}").size_known = false;
  ASSERT_EQ(read(host), MS_OK) << host.failure;
  EXPECT_THAT(host.problems, IsEmpty());
  EXPECT_EQ(host.parts.count("config"), 1u);
  RulesHost small;
  small.add_file("config.json", "{\"a\": 1}");
  EXPECT_EQ(parse(small, "format.config", Value::object({{"max_size", 7}})), MS_OK);
  EXPECT_THAT(small.problems, ElementsAre(IsProblem(MS_ERROR, "config.json", "is 8 bytes long, more than the limit of 7")));
}

}  // namespace
}  // namespace formats
