// Real configs, as found: every one whose model type has a family gives tensors. Skipped, visibly, where they are absent.
#include <gtest/gtest.h>

#include <set>

#include "core/families/family_library.hpp"
#include "core/families/family_model.hpp"
#include "core/value/error.hpp"
#include "tests/core/families/truth.hpp"
#include "tests/support/json_value.hpp"

namespace modelsig::testing {
namespace {

TEST(Zoo, EveryRealConfigOfAFamilyGivesTensors) {
  const auto zoo = shared_folder() / "zoo";
  if (!std::filesystem::exists(zoo)) GTEST_SKIP() << "no real configs at " << zoo;
  FamilyLibrary library({families_folder()});
  int served = 0;
  std::set<std::string> unserved;
  for (const auto& e : std::filesystem::recursive_directory_iterator(zoo)) {
    if (e.path().filename() != "config.json") continue;
    std::unique_ptr<Document> config;
    try {
      config = read_config(e.path().parent_path());
    } catch (const Error&) {
      continue;  // malformed ones are collected on purpose
    }
    const std::string_view type = config->root()["model_type"].str();
    const auto family = type.empty() ? nullptr : library.find(type);
    if (!family) {
      if (!type.empty()) unserved.insert(std::string(type));
      continue;
    }
    ++served;
    try {
      const FamilyModel model = FamilyModel::apply(family, config->root());
      EXPECT_GT(model.count(), 0u) << e.path();
      (void)model.layer_stacks();
      model.modules([](const families::FamilyModule&) {});
    } catch (const Error& error) {
      ADD_FAILURE() << e.path() << ": " << error.what();
    }
  }
  std::printf("%d configs; no family:", served);
  for (const std::string& t : unserved) std::printf(" %s", t.c_str());
  std::printf("\n");
  EXPECT_GT(served, 85);
}

}  // namespace
}  // namespace modelsig::testing
