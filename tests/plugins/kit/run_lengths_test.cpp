// Layers by class, in a line and back.
#include <gtest/gtest.h>
#include <modelsig/kit/run_lengths.hpp>

namespace ms::kit {
namespace {

TEST(RunLengths, LayersOfOneClassInARowAreCounted) {
  EXPECT_EQ(run_lengths(std::vector<std::size_t>{0, 0, 0, 1, 1, 2}), "A3B2C");
  EXPECT_EQ(run_lengths(std::vector<std::size_t>{}), "");
}

TEST(RunLengths, MoreClassesThanLettersCanStillBeToldApart) {
  std::vector<std::size_t> classes;
  for (std::size_t c = 0; c < 30; ++c) classes.insert(classes.end(), c == 27 ? 2 : 1, c);
  const std::string pattern = run_lengths(classes);
  EXPECT_EQ(pattern, "ABCDEFGHIJKLMNOPQRSTUVWXYZ(26)(27)2(28)(29)");
  const auto runs = read_runs(pattern);
  ASSERT_EQ(runs.size(), 30u);
  EXPECT_EQ(runs[27].letter, "(27)");
  EXPECT_EQ(runs[27].letter, class_letter(27));
  EXPECT_EQ(runs[27].layers, 2u);
}

}  // namespace
}  // namespace ms::kit
