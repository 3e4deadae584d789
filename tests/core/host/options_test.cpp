#include "core/host/options.hpp"

#include <gtest/gtest.h>

#include "core/value/builder.hpp"
#include "core/value/error.hpp"

namespace modelsig {
namespace {

const Manifest& manifest() {
  static const Manifest m = Manifest::parse(TomlFile::parse(R"(
[[role]]
name = "layer.shape"
[[role.option]]
name = "limit"
type = "integer"
default = 4
min = 0
max = 9
[[role.option]]
name = "scale"
type = "number"
min = 0.5
[[role.option]]
name = "mode"
type = "string"
default = "fast"
enum = ["fast", "exact"]
[[role.option]]
name = "kinds"
type = "list"
default = ["a"]
enum = ["a", "b"]
[[role]]
name = "layer.bare"
)", "manifest"));
  return m;
}

// The options of a role as a pipeline file "p.toml" gives them.
std::string option_error(const std::string& given, const std::string& role = "layer.shape") {
  const auto file = TomlFile::parse("[options]\n" + given + "\n", "p.toml");
  Document into;
  try { complete_options(*manifest().find(role), file->root()["options"], file.get(), into); } catch (const Error& e) { return e.what(); }
  return "";
}

TEST(Options, DefaultsStandInWhereNothingWasGiven) {
  Document into;
  const Value v = complete_options(manifest().roles[0], Value(), nullptr, into);
  EXPECT_EQ(v["limit"].i64(), 4);
  EXPECT_EQ(v["mode"].str(), "fast");
  EXPECT_EQ(v["kinds"].at(0).str(), "a");
  EXPECT_EQ(v.find("scale"), nullptr);  // has no default
}

TEST(Options, GivenValuesWinAndTheOrderIsTheManifests) {
  const auto file = TomlFile::parse("mode = \"exact\"\nscale = 2\nlimit = 9\n", "p.toml");
  Document into;
  const Value v = complete_options(manifest().roles[0], file->root(), file.get(), into);
  EXPECT_EQ(v.key(0), "limit");
  EXPECT_EQ(v["limit"].i64(), 9);
  EXPECT_EQ(v["scale"].f64(), 2.0);  // an integer is a number
  EXPECT_EQ(v["mode"].str(), "exact");
}

TEST(Options, AnUnknownOneIsRefusedAtItsPlaceWithTheNearest) {
  EXPECT_EQ(option_error("limt = 3"), "p.toml:2:1: layer.shape has no option 'limt', did you mean 'limit'?");
  EXPECT_EQ(option_error("limit = 3", "layer.bare"), "p.toml:2:1: layer.bare has no option 'limit', it takes none");
}

TEST(Options, AWrongValueIsRefusedAtItsPlace) {
  EXPECT_EQ(option_error("limit = \"3\""), "p.toml:2:9: option 'limit' of layer.shape is a string, expected an integer");
  EXPECT_EQ(option_error("limit = 3.5"), "p.toml:2:9: option 'limit' of layer.shape is a number, expected an integer");
  EXPECT_EQ(option_error("limit = 12"), "p.toml:2:9: option 'limit' of layer.shape is 12, expected at most 9");
  EXPECT_EQ(option_error("limit = -1"), "p.toml:2:9: option 'limit' of layer.shape is -1, expected at least 0");
  EXPECT_EQ(option_error("scale = 0.25"), "p.toml:2:9: option 'scale' of layer.shape is 0.25, expected at least 0.5");
  EXPECT_EQ(option_error("scale = nan"), "p.toml:2:9: option 'scale' of layer.shape is nan, expected a finite number");
  EXPECT_EQ(option_error("mode = \"exat\""), "p.toml:2:8: option 'mode' of layer.shape is \"exat\", expected fast, exact, did you mean 'exact'?");
  EXPECT_EQ(option_error("kinds = [\"a\", \"zzzz\"]"), "p.toml:2:9: option 'kinds' of layer.shape holds \"zzzz\", expected a, b");
  EXPECT_EQ(option_error("kinds = [1]"), "p.toml:2:9: option 'kinds' of layer.shape holds 1, expected a, b");
}

TEST(Options, AValueFromElsewhereIsRefusedWithoutAPlace) {
  Document document, into;
  Builder b(document);
  b.begin('{');
  b.member("limit", 10);
  b.end();
  const Value given = b.finish();
  const auto file = TomlFile::parse("", "p.toml");
  for (const TomlFile* source : {static_cast<const TomlFile*>(nullptr), file.get()}) {
    try {
      complete_options(manifest().roles[0], given, source, into);
      FAIL();
    } catch (const Error& e) {
      EXPECT_STREQ(e.what(), "option 'limit' of layer.shape is 10, expected at most 9");
    }
  }
}

}  // namespace
}  // namespace modelsig
