// The rule data that ships: it loads, and every rule does what its own hits and misses say.
#include "core/value/builder.hpp"
#include "fixture.hpp"
#include "tests/support/paths.hpp"

namespace modelsig {
namespace {

std::shared_ptr<const RuleSet> builtin(const char* name) {
  const std::filesystem::path path = modelsig::testing::source_dir() / "configs/rules" / name;
  return RuleSet::load({&path, 1});
}

class Builtin : public ::testing::TestWithParam<const char*> {};

TEST_P(Builtin, RulesLiveUpToTheirTests) {
  for (const RuleTestFailure& failure : builtin(GetParam())->run_tests()) ADD_FAILURE() << failure.text();
}

TEST_P(Builtin, EveryRuleThatLabelsHasTests) {
  const auto rules = builtin(GetParam());
  for (const std::string_view table : rules->tables())
    for (const Value& rule : rules->table(table)->items()) {
      EXPECT_TRUE(!rule.find("label") || (rule.find("hits") && rule.find("misses")))
          << rule["at"].str() << ": rule '" << rule["id"].str() << "' has no hits or misses";
    }
}

INSTANTIATE_TEST_SUITE_P(Sets, Builtin, ::testing::Values("reference.toml", "default.toml"), [](const auto& set) {
  const std::string name = set.param;
  return name.substr(0, name.find('.'));
});

std::string layer_type(const RuleSet& rules, std::string_view name) {
  Document document;
  Builder out(document);
  rules.label(rules.abstract(name), out);
  return std::string(out.finish()["layer_type"]["value"].str("-"));
}

TEST(ReferenceRules, KeepTheQuirks) {
  const auto rules = builtin("reference.toml");
  EXPECT_EQ(rules->abstract("a.0.1.b"), "a.N.1.b");
  EXPECT_EQ(layer_type(*rules, "model.layers.3.post_attention_layernorm.weight"), "AttentionLayer");
  EXPECT_EQ(layer_type(*rules, "model.layers.3.mlp.experts.5.up_proj.weight"), "FFN_SwiGLU");
  EXPECT_EQ((*rules->match("dtype", "f16"))["value"].str(), "FP16");
  EXPECT_EQ((*rules->match("dtype", ""))["value"].str(), "UNKNOWN");
  EXPECT_EQ(rules->match("dtype", "TORCH.INT8"), nullptr);
}

}  // namespace
}  // namespace modelsig
