// What the engine will be run with: from [plan] and --plan, checked against a vocabulary that is data.
#include "core/pipeline/test_plan.hpp"

#include "core/host/call.hpp"
#include "core/host/host_table.hpp"
#include "tests/core/run/run_support.hpp"

namespace modelsig {
namespace {

constexpr const char* kVocabulary = R"(
[[plan_key]]
id   = "ranks"
type = "integer"
min  = 1
max  = 64
[[plan_key]]
id   = "scheme"
type = "string"
[[plan_scheme]]
id    = "four"
group = 128
[[plan_scheme]]
id = "eight"
)";

std::string plan_mistake(const std::string& pipeline, const std::vector<std::string>& said = {}, const char* vocabulary = kVocabulary) {
  test::Runner runner;
  try {
    Pipeline p = runner.pipeline(pipeline);
    for (const std::string& text : said) p.set_plan(text);
    TestPlan plan(p.plan, *RuleSet::parse(vocabulary, "words.toml"));
    return "";
  } catch (const Error& error) {
    const std::string what = error.what(), at = runner.folder.path().string() + "/pipelines/";
    return what.starts_with(at) ? what.substr(at.size()) : what;
  }
}

TEST(TestPlan, MistakesAreSaidWhereTheyStand) {
  EXPECT_EQ(plan_mistake("[plan]\nrank = 2\n"), "p.toml:2:1: a plan has no 'rank', did you mean 'ranks'? (ranks, scheme)");
  EXPECT_EQ(plan_mistake("[plan]\nranks = [1, 2, 65]\n"), "p.toml:2:16: 'ranks' of the plan is 65, expected at most 64");
  EXPECT_EQ(plan_mistake("[plan]\nranks = 'two'\n"), "p.toml:2:9: 'ranks' of the plan is a string, expected an integer");
  EXPECT_EQ(plan_mistake("[plan]\nranks = []\n"), "p.toml:2:9: 'ranks' of the plan has 0 values, expected 1 to 16");
  EXPECT_EQ(plan_mistake("[plan]\nscheme = 'fuor'\n"), "p.toml:2:10: 'scheme' of the plan is \"fuor\", expected four, eight, did you mean 'four'?");
  EXPECT_EQ(plan_mistake("", {"ranks=0"}), "--plan ranks:1:10: 'ranks' of the plan is 0, expected at least 1");
  EXPECT_EQ(plan_mistake("", {"ranks"}), "--plan ranks: expected name=value or name=value,value,..., e.g. --plan tp=1,2,4,8");
  EXPECT_EQ(plan_mistake("", {"ranks=1,,2"}), "--plan ranks: '' is no value");
  EXPECT_EQ(plan_mistake("", {"ranks=1"}, ""), "--plan ranks:1:1: the rules of this pipeline know no plan (no table 'plan_key')");
  EXPECT_EQ(plan_mistake(""), "");
}

TEST(TestPlan, PluginsReadItAsATableOfRules) {
  test::Runner runner;
  runner.folder.write("pipelines/base.toml", "[plan]\nranks = 4\nscheme = 'four'\n");
  Pipeline p = runner.pipeline("extends = 'base'\n[plan]\nranks = [1, 2]\n");
  const auto rules = RuleSet::parse(kVocabulary, "words.toml");
  const TestPlan before(p.plan, *rules);
  EXPECT_EQ((*before.table()).at(0)["values"].size(), 2u);  // the nearer file's
  p.set_plan("ranks=8");                                    // the command line's
  const TestPlan plan(p.plan, *rules);
  const Knowledge known{rules.get(), nullptr, plan.table()};
  Call call(runner.session, "a step", nullptr, known);
  const ms_host* host = host_table();
  const ms_node* table = host->rule_table(call.raw(), {"plan", 4});
  ASSERT_EQ(host->node_size(table), 2u);
  const auto text = [&](const ms_node* n) { return std::string(view(host->node_str(n))); };
  EXPECT_EQ(text(host->node_get(host->node_at(table, 0), {"id", 2})), "ranks");
  EXPECT_EQ(text(host->node_get(host->node_at(table, 0), {"at", 2})), "--plan ranks:1");
  EXPECT_EQ(host->node_i64(host->node_at(host->node_get(host->node_at(table, 0), {"values", 6}), 0), 0), 8);
  EXPECT_EQ(text(host->node_at(host->node_get(host->node_at(table, 1), {"values", 6}), 0)), "four");
  Call unplanned(runner.session, "a step", nullptr, Knowledge{rules.get(), nullptr});
  EXPECT_EQ(host->rule_table(unplanned.raw(), {"plan", 4}), nullptr);
}

}  // namespace
}  // namespace modelsig
