#include "pair.hpp"

namespace comparators {
namespace {

using ::testing::HasSubstr;

TEST(Verdict, SameArchitectureInTwoSizesIsAFullSubstitute) {
  const Value pair = compare(decoder(1024), decoder(1024));
  EXPECT_EQ(text(pair, "isomorphism"), "\"ISOMORPHIC\"");
  EXPECT_EQ(text(pair, "substitution_verdict"), "\"FULL_SUBSTITUTE\"");
  EXPECT_THAT(text(pair, "test_strategy"), HasSubstr("RECOMMENDED"));
}

TEST(Verdict, HeadDimThatDoesNotScaleAlongIsOnlyPartial) {
  const Value pair = compare(decoder(1024), decoder(4096));
  EXPECT_EQ(text(pair, "isomorphism"), "\"SCALE_ONLY\"");
  EXPECT_EQ(text(pair, "substitution_verdict"), "\"PARTIAL_SUBSTITUTE\"");
  EXPECT_THAT(text(pair, "test_strategy"), HasSubstr("\"PARTIAL\""));  // coverage alone would recommend
  EXPECT_THAT(text(pair, "test_strategy"), HasSubstr("but the verdict allows no more"));
}

TEST(Verdict, IncompleteModelIsUndeterminedAndSaysWhatIsMissing) {
  Value broken = decoder(1024);
  member(broken, "complete") = false;
  member(broken, "problems") = Value::list({Value::object({{"level", "warning"}, {"subject", "config.json"}, {"text", "odd"}}),
                                            Value::object({{"level", "error"}, {"subject", "model-2.safetensors"}, {"text", "is cut short"}})});
  const Value pair = compare(decoder(1024), broken);
  EXPECT_EQ(text(pair, "substitution_verdict"), "\"UNDETERMINED\"");
  EXPECT_EQ(text(pair, "verdict_reasons"), "[\"model B is incomplete: model-2.safetensors: is cut short\"]");
  EXPECT_EQ(text(compare(decoder(1024), broken, "verdict", "incomplete", "ignore"), "substitution_verdict"), "\"FULL_SUBSTITUTE\"");
}

TEST(Verdict, ArchitecturesThatCouldNotBeComparedAreUndetermined) {
  Value listed = decoder(1024);
  set(member(listed, "arch_fingerprint"), "intermediate_size", Value::list({2048, 4096}));
  EXPECT_EQ(text(compare(listed, decoder(1024)), "substitution_verdict"), "\"FULL_SUBSTITUTE\"");  // by the greatest
  const Value pair = compare(listed, decoder(1024), "isomorphism", "per_layer", "refuse");
  EXPECT_EQ(text(pair, "failed"), "\"intermediate_size is [2048, 4096], which is no number: its ratio cannot be computed\"");
  EXPECT_EQ(text(pair, "verdict_reasons"), "[\"the architectures could not be compared\"]");
}

TEST(Verdict, AssumedTensorsAreAReason) {
  Value guess = decoder(1024);
  set(member(guess, "static_weight_signature").members[0].second, "assumed", true);
  EXPECT_THAT(text(compare(decoder(1024), guess), "verdict_reasons"), HasSubstr("the tensors of B are assumed from its configuration"));
}

TEST(Verdict, SmallerGoesByParametersAndTiesToTheEarlier) {
  EXPECT_EQ(text(compare(decoder(2048), decoder(1024)), "smaller"), "\"b\"");
  EXPECT_EQ(text(compare(decoder(1024), decoder(1024)), "smaller"), "\"a\"");
}

TEST(Verdict, ModelWithoutAnAnalysisHasNoPair) {
  Value nothing = decoder(1024);
  member(nothing, "source") = "error";
  EXPECT_EQ(compare(nothing, decoder(1024), "verdict", "incomplete", "ignore").size(), 0u);
}

TEST(Isomorphism, AnotherTypeOrExpertsAreAnotherArchitecture) {
  Value other = decoder(1024), experts = decoder(1024);
  set(member(other, "arch_fingerprint"), "model_type", "mistral");
  set(member(experts, "arch_fingerprint"), "is_moe", true);
  EXPECT_EQ(text(compare(decoder(1024), other), "recommendation"), "\"Different model types (llama vs mistral).\"");
  EXPECT_EQ(text(compare(decoder(1024), experts), "substitution_verdict"), "\"NO_SUBSTITUTE\"");
  EXPECT_THAT(text(compare(decoder(1024), experts), "quant_transfer"), HasSubstr("~5% additional"));
}

TEST(Coverage, RatesComeWithTheirCounts) {
  Value more = decoder(1024);
  member(more, "static_weight_signature").members.emplace_back("lm_head.weight", weight(10, 1024));
  const Value pair = compare(decoder(1024), more);
  EXPECT_EQ(text(pair, "coverage_rate"), "0.5");
  EXPECT_EQ(text(pair, "only_in_b"), "[\"lm_head.weight\"]");
  EXPECT_EQ(text(pair, "a_covers_b"), "false");
  EXPECT_EQ(text(pair, "b_covers_a"), "true");
  EXPECT_THAT(text(pair, "counts"), HasSubstr("\"keys_shared\": 1, \"keys_all\": 2"));
}

}  // namespace
}  // namespace comparators
