// The three family operations as a plugin sees them: config -> tensors, name -> line, checkpoint against family.
#include "tests/core/run/run_support.hpp"
#include "tests/support/paths.hpp"

namespace modelsig {
namespace {

const std::string kPipeline = "families = true\n[[store]]\nuse='store.memory'\n[[format]]\nuse='format.llama_config'\n[[layer]]\nuse='layer.asks_families'\nsection='f'\n";
constexpr const char* kRules = "[names]\nindex='components'\nplaceholder='N'\n[[family_key]]\nid='t'\nname='model_type'\n";

TEST(FamiliesAbi, ConfigToTensorsNameToLineAndCheck) {
  test::Runner runner;
  const FamilyLibrary library({modelsig::testing::source_dir() / "configs/rules/families"});
  auto fp = runner.analyse(kPipeline, &library, kRules);
  ASSERT_NE(fp->find("f"), nullptr) << test::text_of(*fp, "layer.asks_families");
  const Value& f = *fp->find("f");
  // 2 layers of 9 tensors, embedding, final norm, head
  EXPECT_EQ(f["promised"].i64(), 21);
  EXPECT_NE(f["first_role"].str(), "");
  EXPECT_EQ(f["known"]["role"]["value"].str(), "ffn.up");
  EXPECT_EQ(f["known"]["indices"].at(0).i64(), 1);
  EXPECT_EQ(f["known"].find("absent_because"), nullptr);
  EXPECT_NE(f["beyond"]["absent_because"].str(), "") << "layer 7 of 2";
  EXPECT_TRUE(f["unknown"].is(Kind::null));
  EXPECT_TRUE(f["check"]["exact"].boolean()) << "its tensors are the family's own";
  EXPECT_EQ(f["check"]["matched"].i64(), 21);
}

TEST(FamiliesAbi, WithoutFamiliesThereIsNothing) {
  test::Runner runner;
  auto fp = runner.analyse(kPipeline, nullptr, kRules);
  ASSERT_NE(fp->find("f"), nullptr);
  EXPECT_EQ((*fp->find("f"))["promised"].i64(), 0);
  EXPECT_TRUE((*fp->find("f"))["known"].is(Kind::null));
}

}  // namespace
}  // namespace modelsig
