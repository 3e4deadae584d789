#include <fmt/core.h>

#include <atomic>
#include <chrono>
#include <cstdint>
#include <thread>

#include "core/value/builder.hpp"
#include "fixture.hpp"

namespace modelsig {
namespace {

TEST(Match, EachKindOfMatcher) {
  const auto rules = RuleSet::parse(R"(
    [[t]]
    id = "exact"
    exact = ["one", "two"]
    [[t]]
    id = "prefix"
    prefix = "pre."
    [[t]]
    id = "suffix"
    suffix = [".suf"]
    [[t]]
    id = "contains"
    contains = "mid"
    [[t]]
    id = "pattern"
    pattern = ['^a+$', '\bword\b']
    [[t]]
    id = "data"
    payload = { deep = [1, 2] }
  )", "r.toml");
  EXPECT_EQ(winner(*rules, "t", "two"), "exact");
  EXPECT_EQ(winner(*rules, "t", "twos"), "-");
  EXPECT_EQ(winner(*rules, "t", "pre.x"), "prefix");
  EXPECT_EQ(winner(*rules, "t", "xpre."), "-");
  EXPECT_EQ(winner(*rules, "t", "x.suf"), "suffix");
  EXPECT_EQ(winner(*rules, "t", "amidst"), "contains");
  EXPECT_EQ(winner(*rules, "t", "aaa"), "pattern");
  EXPECT_EQ(winner(*rules, "t", "a word."), "pattern");
  EXPECT_EQ(winner(*rules, "t", ""), "-");
  EXPECT_EQ(rules->match("no such table", "two"), nullptr);
  EXPECT_EQ(rules->table("no such table"), nullptr);
  EXPECT_EQ((*rules->table("t")).at(5)["payload"]["deep"].at(1).i64(), 2);
}

TEST(Match, FirstInFileOrderWinsWhateverItsKind) {
  const auto rules = RuleSet::parse(R"(
    [[t]]
    id = "1"
    pattern = "b"
    [[t]]
    id = "2"
    contains = "ab"
    [[t]]
    id = "3"
    exact = "abc"
    [[t]]
    id = "4"
    pattern = "c"
    [[t]]
    id = "rest"
    prefix = ""
  )", "r.toml");
  EXPECT_EQ(winner(*rules, "t", "abc"), "1");
  EXPECT_EQ(winner(*rules, "t", "c"), "4");
  EXPECT_EQ(winner(*rules, "t", "x"), "rest");
  std::string all;
  for (const Value* rule : rules->match_all("t", "abc")) all += (*rule)["id"].str();
  EXPECT_EQ(all, "1234rest");
}

TEST(Match, CaseIsIgnoredPerTableOrPerRule) {
  const auto rules = RuleSet::parse(R"(
    [table.t]
    ignore_case = true
    [[t]]
    id = "folded"
    exact = "BF16"
    [[t]]
    id = "strict"
    exact = "torch.int8"
    ignore_case = false
    [[t]]
    id = "pattern"
    pattern = '^x\S+Y$'
    [[t]]
    id = "contains"
    contains = "NORM"
  )", "r.toml");
  EXPECT_EQ(winner(*rules, "t", "bf16"), "folded");
  EXPECT_EQ(winner(*rules, "t", "torch.int8"), "strict");
  EXPECT_EQ(winner(*rules, "t", "TORCH.INT8"), "-");
  EXPECT_EQ(winner(*rules, "t", "XaaAy"), "pattern");
  EXPECT_EQ(winner(*rules, "t", "RmsNorm"), "contains");
}

TEST(Match, RulesAreObjectsWithTheirPlace) {
  const auto rules = RuleSet::parse("[[t]]\nid = \"a\"\nexact = \"a\"\nname = \"A\"\n\n[[t]]\nid = \"b\"\nexact = \"b\"\nfirst = true\n", "dir/r.toml");
  const Value& b = *rules->match("t", "b");
  EXPECT_EQ(b["at"].str(), "dir/r.toml:6");
  EXPECT_EQ(b.find("first"), nullptr);
  const Value& a = *rules->match("t", "a");
  EXPECT_EQ(a["at"].str(), "dir/r.toml:1");
  EXPECT_EQ(a["name"].str(), "A");
  EXPECT_EQ(ids(*rules, "t"), "b a");
}

// Exponential for a backtracking engine, and too large a DFA for RE2's cache: it falls back, but stays linear.
TEST(Match, HostilePatternsTakeLinearTime) {
  std::string text;
  for (int i = 0; i < 20; ++i) {
    text += fmt::format("[[t]]\nid = \"{}\"\npattern = '(a*)*(a|aa)+b[ab]{{{}}}c$'\n", i, 50 + i);
  }
  const auto rules = RuleSet::parse(text, "r.toml");
  std::string subject(20'000, 'a');
  std::uint32_t random = 1;
  for (char& c : subject) if ((random = random * 1664525u + 1013904223u) >> 31) c = 'b';
  const auto start = std::chrono::steady_clock::now();
  EXPECT_EQ(winner(*rules, "t", subject), "-");
  EXPECT_NE(winner(*rules, "t", subject + "c"), "-");
  EXPECT_LT(std::chrono::steady_clock::now() - start, std::chrono::seconds(20));
}

TEST(Match, PatternsThatCompileToTooMuchAreRefused) {
  std::string text;
  for (int i = 0; i < 300; ++i) text += fmt::format("[[t]]\nid = \"{}\"\npattern = 'x{}(a|bc){{900}}'\n", i, i);
  const std::string error = parse_error(text);
  EXPECT_NE(error.find("the patterns of this rule set are too large together"), std::string::npos) << error;
}

TEST(Match, ManyThreadsMayAskAtOnce) {
  const auto rules = RuleSet::parse("[[t]]\nid = \"a\"\npattern = 'x+y'\n[[t]]\nid = \"b\"\npattern = 'y+z'\n", "r.toml");
  std::vector<std::thread> threads;
  std::atomic<int> wrong = 0;
  for (int i = 0; i < 4; ++i)
    threads.emplace_back([&] {
      for (int n = 0; n < 500; ++n) {
        if (winner(*rules, "t", std::string(static_cast<std::size_t>(n) + 1, 'x') + "y") != "a") ++wrong;
        if (winner(*rules, "t", std::string(static_cast<std::size_t>(n) + 1, 'y') + "z") != "b") ++wrong;
      }
    });
  for (std::thread& t : threads) t.join();
  EXPECT_EQ(wrong, 0);
}

}  // namespace
}  // namespace modelsig
