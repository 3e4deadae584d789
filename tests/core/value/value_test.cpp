#include "core/value/value.hpp"

#include <gtest/gtest.h>

#include <limits>
#include <string>

#include "core/value/builder.hpp"
#include "core/value/error.hpp"
#include "core/value/nearest.hpp"
#include "core/value/toml_file.hpp"

namespace modelsig {
namespace {

TEST(Value, ObjectsKeepTheirOrderAndFindKeysSmallAndLarge) {
  for (int count : {3, 100}) {
    Document document;
    Builder b(document);
    b.begin('{');
    for (int i = count; i-- > 0;) b.member("key" + std::to_string(i), i);
    b.end();
    const Value v = b.finish();
    EXPECT_EQ(v.size(), static_cast<std::size_t>(count));
    EXPECT_EQ(v.key(0), "key" + std::to_string(count - 1));
    EXPECT_EQ(v["key1"].i64(), 1);
    EXPECT_EQ(v.find("absent"), nullptr);
  }
}

TEST(Builder, RefusesWhatIsNoDocument) {
  const auto error = [](auto write) -> std::string {
    Document document;
    Builder b(document);
    try { write(b); b.finish(); } catch (const Error& e) { return e.what(); }
    return "";
  };
  EXPECT_EQ(error([](Builder&) {}), "nothing was written");
  EXPECT_EQ(error([](Builder& b) { b.begin('{'); }), "1 containers were left open");
  EXPECT_EQ(error([](Builder& b) { b.begin('{'); b.put(1); }), "a value inside an object needs a key");
  EXPECT_EQ(error([](Builder& b) { b.begin('{'); b.member("a", 1); b.member("a", 2); b.end(); }), "key 'a' was written twice");
  EXPECT_EQ(error([](Builder& b) { b.put(Value(std::numeric_limits<double>::quiet_NaN())); }), "a number is not finite (NaN or infinity)");
  EXPECT_EQ(error([](Builder& b) { b.put(1); b.put(2); }), "a second value was written behind the first");
  EXPECT_EQ(error([](Builder& b) { for (int i = 0; i < 300; ++i) b.begin('['); }), "nested deeper than 256");
}

TEST(Builder, LastDuplicateWinsAtTheFirstPlaceLikePythonsJson) {
  Document document;
  Builder b(document, Builder::Duplicates::last_wins);
  b.begin('{');
  b.member("a", 1), b.member("b", 2), b.member("a", 3);
  b.end();
  const Value v = b.finish();
  EXPECT_EQ(v.size(), 2u);
  EXPECT_EQ(v.key(0), "a");
  EXPECT_EQ(v["a"].i64(), 3);
}

TEST(TomlFile, KeepsFileOrderAndKnowsWhereValuesStand) {
  const auto file = TomlFile::parse("zeta = 1\n[table]\nb = 'two'\na = [1, 2]\n", "x.toml");
  EXPECT_EQ(file->root().key(0), "zeta");
  EXPECT_EQ(file->root()["table"].key(0), "b");
  const Value& b = file->root()["table"]["b"];
  EXPECT_EQ(file->where(b), "x.toml:3");
  EXPECT_EQ(file->position(b).column, 5u);
}

TEST(TomlFile, SyntaxErrorNamesFileLineAndColumn) {
  try {
    TomlFile::parse("a = 1\nb = = 2\n", "bad.toml");
    FAIL();
  } catch (const Error& e) {
    EXPECT_EQ(std::string(e.what()).rfind("bad.toml:2:5: ", 0), 0u) << e.what();
  }
}

TEST(Nearest, OffersASlipButNotAnythingAtAll) {
  const std::vector<std::string> names = {"layer.weights", "layer.arch", "store.local"};
  EXPECT_EQ(did_you_mean("layer.wieghts", names), ", did you mean 'layer.weights'?");
  EXPECT_EQ(did_you_mean("zzz", names), "");
}

}  // namespace
}  // namespace modelsig
