#include "core/model/model.hpp"

#include <gtest/gtest.h>

#include "core/rules/rule_set.hpp"

namespace modelsig {
namespace {

ms_tensor row(std::string_view name, const std::vector<uint64_t>& shape) {
  return {sizeof(ms_tensor), static_cast<uint32_t>(shape.size()), {name.data(), name.size()}, {"BF16", 4}, shape.data(), 0, 0, nullptr, {}, 0, 0, 0, 0, nullptr, nullptr, {}, {}};
}

TEST(Model, TensorsThatDifferInIndicesFormOneGroupLabelledOnce) {
  // a.0.w, b, a.1.w
  const auto rules = RuleSet::parse("[names]\nindex='components'\nplaceholder='N'\n[table.kind]\nsubject='tensor'\n[[kind]]\nid='a'\nprefix='a.'\nlabel='A'\n", "r.toml");
  Model model;
  for (std::string_view name : {"a.0.w", "b", "a.1.w"}) {
    const std::vector<uint64_t> shape = {2, 3};
    const auto r = row(name, shape);
    EXPECT_EQ(model.add(&r), MS_OK);
  }
  model.freeze(*rules);
  ASSERT_EQ(model.groups(), 2u);
  EXPECT_EQ((*model.group(0))["name"].str(), "a.N.w");
  EXPECT_EQ((*model.group(0))["count"].i64(), 2);
  EXPECT_EQ((*model.group(0))["labels"]["kind"]["value"].str(), "A");
  EXPECT_EQ((*model.group(0))["labels"]["kind"]["at"].str(), "r.toml:6");
  ms_tensor out{};
  out.struct_size = sizeof out;
  EXPECT_EQ(model.get(2, &out), MS_OK);
  EXPECT_EQ(out.group, 0u);
  EXPECT_EQ(out.shape[1], 3u);
}

TEST(Model, FrozenModelTakesNothingMore) {
  Model model;
  model.freeze(*RuleSet::parse("", "r.toml"));
  const std::vector<uint64_t> shape = {1};
  const auto r = row("late", shape);
  EXPECT_EQ(model.add(&r), MS_INVALID_ARGUMENT);
  EXPECT_EQ(model.add_part("config"), nullptr);
}

TEST(Model, PartLeftOpenNamesTheFormatAndThePart) {
  Model model;
  model.add_part("config")->run([](Builder& b) { b.begin('{'); });
  try {
    model.close_parts("format.config");
    FAIL();
  } catch (const Error& error) {
    EXPECT_STREQ(error.what(), "format.config (part 'config') emitted no valid document: 1 containers were left open");
  }
}

TEST(Model, RowsOfAnOlderOrBrokenPluginAreRefused) {
  Model model;
  const std::vector<uint64_t> shape = {1};
  auto r = row("x", shape);
  r.struct_size = MS_TENSOR_SIZE_1_0 - 8;
  EXPECT_EQ(model.add(&r), MS_INVALID_ARGUMENT);
  r = row("x", shape);
  r.rank = 1000;
  EXPECT_EQ(model.add(&r), MS_INVALID_ARGUMENT);
  r = row("x", shape);
  r.shape = nullptr;
  EXPECT_EQ(model.add(&r), MS_INVALID_ARGUMENT);
}

}  // namespace
}  // namespace modelsig
