#include "core/value/builder.hpp"
#include "fixture.hpp"

namespace modelsig {
namespace {

// line numbers count: the expectations name them
const char* const kRules = R"([table.kind]
subject = "tensor"
[[kind]]
id = "norm"
contains = ["norm", "ln_"]
label = "Norm"
hits = ["x.7.norm"]
misses = ["x.N.dense"]
[[kind]]
id = "rest"
prefix = ""
label = "Other"
[table.use]
subject = "tensor"
collect = true
[[use]]
id = "scale"
pattern = '\.N\.(norm|scale)'
label = "scaling"
[[use]]
id = "norm"
contains = "norm"
label = "norming"
[table.lookup]
ignore_case = true
[[lookup]]
id = "bf16"
exact = ["BF16", "bfloat16"]
name = "bf"
)";

Value build(Document& document, auto write) {
  Builder out(document);
  write(out);
  return out.finish();
}

TEST(Label, EveryTableThatLabelsAnswersOnce) {
  const auto rules = RuleSet::parse(kRules, "r.toml");
  Document document;
  const Value labels = build(document, [&](Builder& out) { rules->label("x.N.norm", out); });
  EXPECT_EQ(labels.size(), 2u);
  EXPECT_EQ(labels["kind"]["value"].str(), "Norm");
  EXPECT_EQ(labels["kind"]["rule"].str(), "norm");
  EXPECT_EQ(labels["kind"]["at"].str(), "r.toml:3");
  EXPECT_EQ(labels["use"].size(), 2u);
  EXPECT_EQ(labels["use"].at(1)["value"].str(), "norming");
  EXPECT_EQ(labels["use"].at(1)["at"].str(), "r.toml:20");
}

TEST(Label, ATableWithoutAnAnswerHasNoMember) {
  const auto rules = RuleSet::parse(kRules, "r.toml");
  Document document;
  const Value labels = build(document, [&](Builder& out) { rules->label("dense", out); });
  EXPECT_EQ(labels.size(), 1u);
  EXPECT_EQ(labels["kind"]["value"].str(), "Other");
}

TEST(Explain, ShowsEveryRuleThatMatchesAndWhichDecides) {
  const auto rules = RuleSet::parse(kRules, "r.toml");
  Document document;
  const Value why = build(document, [&](Builder& out) { rules->explain("x.12.ln_norm", out); });
  EXPECT_EQ(why["name"].str(), "x.12.ln_norm");
  EXPECT_EQ(why["abstract"].str(), "x.N.ln_norm");
  EXPECT_EQ(why["tables"].size(), 2u);
  const Value& kind = why["tables"].at(0);
  EXPECT_EQ(kind["table"].str(), "kind");
  EXPECT_EQ(kind["chain"].size(), 2u);
  EXPECT_EQ(kind["chain"].at(0)["rule"].str(), "norm");
  EXPECT_EQ(kind["chain"].at(0)["at"].str(), "r.toml:3");
  EXPECT_EQ(kind["chain"].at(0)["value"].str(), "Norm");
  EXPECT_EQ(kind["chain"].at(0)["matcher"].str(), "contains 'norm'");
  EXPECT_TRUE(kind["chain"].at(0)["wins"].boolean());
  EXPECT_EQ(kind["chain"].at(1)["matcher"].str(), "prefix ''");
  EXPECT_FALSE(kind["chain"].at(1)["wins"].boolean(true));
  EXPECT_EQ(why["tables"].at(1)["chain"].size(), 1u);
}

TEST(Explain, AlsoATableThatPluginsLookThingsUpIn) {
  const auto rules = RuleSet::parse(kRules, "r.toml");
  Document document;
  const Value why = build(document, [&](Builder& out) { rules->explain("lookup", "BFloat16", out); });
  EXPECT_EQ(why["chain"].at(0)["matcher"].str(), "exact 'bfloat16'");
  Builder out(document);
  try {
    rules->explain("lokup", "x", out);
    FAIL();
  } catch (const Error& e) {
    EXPECT_STREQ(e.what(), "there is no rule table 'lokup', did you mean 'lookup'?");
  }
}

TEST(RunTests, AreQuietWhenRulesDoWhatTheySay) { EXPECT_TRUE(RuleSet::parse(kRules, "r.toml")->run_tests().empty()); }

TEST(RunTests, NameTheStringAndWhatDecidedInstead) {
  Folder folder;
  folder.write("base.toml", kRules);
  folder.write("mine.toml", R"([[kind]]
id = "seven"
first = true
prefix = "x."
label = "Seven"
misses = ["x.1"]
[[lookup]]
id = "f16"
exact = "F16"
hits = ["float16",
  "f16"]
)");
  std::string all;
  for (const RuleTestFailure& f : folder.load({"base.toml", "mine.toml"})->run_tests()) all += folder.relative(f.text()) + "\n";
  EXPECT_EQ(all,
            "mine.toml:6: rule 'seven' of table 'kind' decides on 'x.1', which is one of its misses\n"
            "base.toml:7: rule 'norm' of table 'kind' does not decide on 'x.7.norm', which is one of its hits; rule 'seven' (mine.toml:1) does\n"
            "mine.toml:10: rule 'f16' of table 'lookup' does not decide on 'float16', which is one of its hits; nothing does\n");
}

}  // namespace
}  // namespace modelsig
