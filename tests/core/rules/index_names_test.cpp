#include "core/rules/index_names.hpp"

#include <fmt/core.h>

#include <chrono>
#include <cstdio>

#include "fixture.hpp"

namespace modelsig {
namespace {

std::string apply(IndexNames::Mode mode, std::string_view name) {
  std::string out = "left over";
  IndexNames{mode, "N"}.apply(name, out);
  return out;
}

TEST(IndexNames, ComponentsAreWholeAndAnywhere) {
  const auto abstract = [](std::string_view name) { return apply(IndexNames::Mode::components, name); };
  EXPECT_EQ(abstract("model.layers.31.mlp.experts.7.w1.weight"), "model.layers.N.mlp.experts.N.w1.weight");
  EXPECT_EQ(abstract("a.0.1.b"), "a.N.N.b");
  EXPECT_EQ(abstract("0.weight"), "N.weight");
  EXPECT_EQ(abstract("blocks.12"), "blocks.N");
  EXPECT_EQ(abstract("7"), "N");
  EXPECT_EQ(abstract("h0.1a.w2"), "h0.1a.w2");
  EXPECT_EQ(abstract("..1..2"), "..N..N");
  EXPECT_EQ(abstract("1."), "N.");
  EXPECT_EQ(abstract(""), "");
}

// expectations printed by Python: re.sub(r"\.\d+\.", ".N.", name)
TEST(IndexNames, BetweenDotsIsWhatPythonsReSubDoes) {
  const auto abstract = [](std::string_view name) { return apply(IndexNames::Mode::between_dots, name); };
  EXPECT_EQ(abstract("model.layers.31.mlp.experts.7.w1.weight"), "model.layers.N.mlp.experts.N.w1.weight");
  EXPECT_EQ(abstract("a.0.1.b"), "a.N.1.b");
  EXPECT_EQ(abstract("a.0.1.2.3.b"), "a.N.1.N.3.b");
  EXPECT_EQ(abstract(".0.1."), ".N.1.");
  EXPECT_EQ(abstract("0.weight"), "0.weight");
  EXPECT_EQ(abstract("blocks.12"), "blocks.12");
  EXPECT_EQ(abstract("a.1b.2.c"), "a.1b.N.c");
  EXPECT_EQ(abstract("..1..2.."), "..N..N..");
  EXPECT_EQ(abstract("...5."), "...N.");
  EXPECT_EQ(abstract(""), "");
}

TEST(IndexNames, ComeFromTheRuleFilesAndLaterOnesWin) {
  Folder folder;
  folder.write("a.toml", "[names]\nindex = \"between-dots\"\nplaceholder = \"#\"\n");
  folder.write("b.toml", "[names]\nindex = \"components\"\n");
  EXPECT_EQ(folder.load({})->abstract("x.0.1.y"), "x.N.N.y");
  EXPECT_EQ(folder.load({"a.toml"})->abstract("x.0.1.y"), "x.#.1.y");
  EXPECT_EQ(folder.load({"a.toml", "b.toml"})->abstract("x.0.1.y"), "x.#.#.y");
}

// A checkpoint of 92,000 tensors: under 10 ms optimised, here with room for sanitizers and busy machines.
TEST(IndexNames, NinetyThousandNamesAreNothing) {
  std::vector<std::string> names;
  for (int layer = 0; layer < 61; ++layer)
    for (int expert = 0; expert < 256; ++expert)
      for (const char* part : {"gate_proj", "up_proj", "down_proj"})
        for (const char* what : {"weight", "weight_scale_inv"})
          names.push_back(fmt::format("model.layers.{}.mlp.experts.{}.{}.{}", layer, expert, part, what));
  const auto rules = RuleSet::parse("", "r.toml");
  std::string out;
  std::size_t bytes = 0;
  const auto start = std::chrono::steady_clock::now();
  for (const std::string& name : names) rules->abstract(name, out), bytes += out.size();
  const std::chrono::duration<double, std::milli> took = std::chrono::steady_clock::now() - start;
  RecordProperty("milliseconds", std::to_string(took.count()));
  std::printf("%zu names, %.1f ms\n", names.size(), took.count());
  EXPECT_GT(bytes, names.size());
  EXPECT_LT(took.count(), 500);
}

}  // namespace
}  // namespace modelsig
