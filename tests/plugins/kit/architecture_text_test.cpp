// Section `architecture` as lines: layers by class, facts by group.
#include <gmock/gmock.h>
#include <modelsig/kit/architecture_text.hpp>
#include <modelsig/testing/fake_host.hpp>

namespace ms::kit {
namespace {

using ::testing::ElementsAre;
using testing::Value;

class ArchitectureText : public ::testing::Test {
 protected:
  Node node(const Value& value) { return {host_.table(), testing::FakeHostTable::node(&value)}; }
  // classes A, B, C ... of these names
  std::string line(const std::string& pattern, std::int64_t layers, std::int64_t prefix, const std::vector<std::string>& names) {
    Value classes = Value::list();
    char letter = 'A';
    for (const std::string& name : names) classes.items.push_back(Value::object({{"class", std::string(1, letter++)}, {"name", name}}));
    const Value stack = Value::object({{"pattern", pattern}, {"layers", layers}, {"shortest_prefix", prefix}, {"classes", classes}});
    return layers_line(node(stack));
  }
  testing::FakeHost host_;
};

TEST_F(ArchitectureText, RunsStandWithTheirNames) {
  EXPECT_EQ(line("A28", 28, 1, {"dense"}), "28 x dense; the first has every class");
  EXPECT_EQ(line("A3B58C", 62, 4, {"dense-mla", "moe-mla", "draft"}), "62: 3 x dense-mla, 58 x moe-mla, 1 x draft; the first 4 have every class");
  EXPECT_EQ(line("A", 1, 1, {"dense"}), "1 x dense");
}

TEST_F(ArchitectureText, WhatRepeatsStandsOnce) {
  EXPECT_EQ(line("ABABABAB", 8, 2, {"sliding", "full"}), "8: 4 x (sliding, full); the first 2 have every class");
  EXPECT_EQ(line("A3BA3BA3BA2", 14, 4, {"delta", "full"}), "14: 3 x (3 x delta, full), 2 x delta; the first 4 have every class");
  EXPECT_EQ(line("CABABAB", 7, 3, {"sliding", "full", "dense"}), "7: 1 x dense, 3 x (sliding, full); the first 3 have every class");
}

TEST_F(ArchitectureText, WhatFollowsNoRuleIsSummedUp) {
  EXPECT_EQ(line("A2BA3BAB2A5", 15, 3, {"ssm", "attention"}), "15: 11 x ssm, 4 x attention, in 7 runs; the first 3 have every class");
}

TEST_F(ArchitectureText, ClassesOfOneNameKeepTheirLetters) {
  EXPECT_EQ(line("A2B3", 5, 3, {"dense", "dense"}), "5: 2 x dense A, 3 x dense B; the first 3 have every class");
}

TEST_F(ArchitectureText, BrokenPatternsDoNotGoPastTheEnd) {
  EXPECT_EQ(line("(AB", 1, 1, {}), "1 x (AB");
  EXPECT_EQ(line("", 0, 0, {}), "");
}

TEST_F(ArchitectureText, FactsStandInTheirGroupsAndWhatIsNotThereApart) {
  const auto fact = [](Value value, const char* group) { return Value::object({{"value", std::move(value)}, {"from", ""}, {"group", group}}); };
  const Value part = Value::object({{"facts", Value::object({{"head_dim", fact(128, "attention")}, {"hidden", fact(4096, "sizes")}, {"qk_norm", fact(true, "attention")},
                                                              {"sinks", fact(false, "attention")}, {"theta", fact(10000.0, "attention")},
                                                              {"window", fact(Value::list({"none", 512}), "attention")}})}});
  const FactPage page = fact_page(node(part));
  ASSERT_EQ(page.groups.size(), 2u);
  EXPECT_EQ(page.groups[0].name, "attention");
  EXPECT_THAT(page.groups[0].facts, ElementsAre("head dim 128", "qk norm", "theta 10000", "window none / 512"));
  EXPECT_THAT(page.groups[1].facts, ElementsAre("hidden 4096"));
  EXPECT_THAT(page.absent, ElementsAre("sinks"));
}

TEST_F(ArchitectureText, EstimatesAreALineEach) {
  const Value row = Value::object({{"context", 4096}, {"minimum_bytes", 268435456}, {"paged_bytes", 536870912}});
  const Value beyond = Value::object({{"context", 32768}, {"minimum_bytes", 268435456}, {"paged_bytes", 268435456}, {"beyond_the_model", true}});
  const Value dtype = Value::object({{"dtype", "BF16"}, {"bytes_per_token", 131072}, {"at", Value::list({row, beyond})}});
  const Value estimates = Value::object({
      {"parameters", Value::object({{"total", 30532122624}, {"active_per_token", 3345000000}, {"embedding", 311164928}})},
      {"stored", Value::object({{"bytes", 61064245248}, {"by_dtype", Value::object({{"BF16", Value::object({{"bytes", 61064245248}})}})}})},
      {"cache", Value::object({{"complete", true}, {"elements_per_token", 65536}, {"by_dtype", Value::list({dtype})}, {"state_bytes", 0}})}});
  const auto lines = estimate_lines(node(estimates));
  ASSERT_EQ(lines.size(), 3u);
  EXPECT_EQ(lines[0].text, "30.5 B, 3.35 B active per token, embedding 311 M");
  EXPECT_EQ(lines[1].text, "61.1 GB of weights (BF16 61.1 GB)");
  EXPECT_EQ(lines[2].text, "131 kB a token in BF16: 4096 tokens 268 MB (537 MB without windows)");
  EXPECT_TRUE(estimate_lines(Node()).empty());
}

TEST_F(ArchitectureText, MagnitudesHaveThreeDigits) {
  EXPECT_EQ(magnitude(0), "0");
  EXPECT_EQ(magnitude(999), "999");
  EXPECT_EQ(magnitude(596049920), "596 M");
  EXPECT_EQ(magnitude(32762123264.0), "32.8 B");
  EXPECT_EQ(magnitude(1026470729592.0), "1.03 T");
}

}  // namespace
}  // namespace ms::kit
