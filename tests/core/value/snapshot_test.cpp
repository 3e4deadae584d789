// What the snapshot remembers, and that nothing depends on it.
#include <fmt/format.h>
#include <gtest/gtest.h>
#include <stdlib.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <sstream>

#include "core/rules/rule_set.hpp"
#include "core/value/builder.hpp"
#include "core/value/error.hpp"
#include "core/value/snapshot.hpp"
#include "core/value/toml_file.hpp"
#include "core/value/value_bytes.hpp"

namespace modelsig {
namespace {

namespace fs = std::filesystem;

class SnapshotTest : public ::testing::Test {
 protected:
  SnapshotTest() {
    std::string name = (fs::temp_directory_path() / "snapshot-XXXXXX").string();
    folder = ::mkdtemp(name.data());
    cache = folder / "cache/modelsig/snapshot";
  }
  ~SnapshotTest() override { fs::remove_all(folder); }
  fs::path write(const std::string& name, std::string_view text) const {
    std::ofstream(folder / name) << text;
    return folder / name;
  }
  std::string stored() const {
    std::ostringstream out;
    out << std::ifstream(cache, std::ios::binary).rdbuf();
    return out.str();
  }
  fs::path folder, cache;
};

constexpr std::string_view kToml = R"(# every kind of value, with its place
title = "a \"quoted\" text"
[table.inner]
number = -7
half = 0.5
huge = inf
yes = true
list = ["x", ["y", 2], {k = 'v'}]
[[rows]]
id = "first"
[[rows]]
id = ""
)";

void list(const TomlFile& file, const Value& value, std::string& out) {
  const Position at = file.position(value), key = file.key_position(value);
  out += fmt::format("{}:{} {}:{} {} {} {} {}\n", at.line, at.column, key.line, key.column, static_cast<char>(value.kind()), value.size(), value.str(), value.f64());
  for (const Value& item : value.items()) list(file, item, out);
  for (const Member& m : value.members()) out += std::string(m.key) + " ", list(file, m.value, out);
}

std::string listing(const fs::path& path) {
  const auto file = TomlFile::read(path);
  std::string out;
  list(*file, file->root(), out);
  return out;
}

TEST_F(SnapshotTest, AFileReadFromItHasTheSameValuesAtTheSamePlaces) {
  const fs::path path = write("a.toml", kToml);
  const std::string parsed = listing(path);
  {
    Snapshot first(cache);
    EXPECT_EQ(listing(path), parsed);
    first.save();
  }
  Snapshot second(cache);
  ASSERT_TRUE(second.find(Snapshot::key("toml", kToml)));
  EXPECT_EQ(listing(path), parsed);
  const auto file = TomlFile::read(path);
  try {
    file->fail(file->root()["table"]["inner"]["half"], "is wrong");
    FAIL();
  } catch (const Error& e) {
    EXPECT_EQ(e.what(), path.string() + ":5:8: is wrong");
  }
}

TEST_F(SnapshotTest, AChangedFileIsParsedAgain) {
  const fs::path path = write("a.toml", "x = 1\n");
  for (const int value : {1, 2, 1}) {
    write("a.toml", fmt::format("x = {}\n", value));
    Snapshot snapshot(cache);
    EXPECT_EQ(TomlFile::read(path)->root()["x"].i64(), value);
    snapshot.save();
  }
}

TEST_F(SnapshotTest, AMistakeIsReportedEachTime) {
  const fs::path path = write("a.toml", "x = 1\ny = = 2\n");
  std::string said[2];
  for (std::string& text : said) {
    Snapshot snapshot(cache);
    try {
      TomlFile::read(path);
    } catch (const Error& e) {
      text = e.what();
    }
    snapshot.save();
  }
  EXPECT_TRUE(said[0].starts_with(path.string() + ":2:5: ")) << said[0];
  EXPECT_EQ(said[0], said[1]);
}

TEST_F(SnapshotTest, TextThatIsNoFileIsNotRemembered) {  // "--token" comes this way
  Snapshot snapshot(cache);
  EXPECT_EQ(TomlFile::parse("v = 'hf_secret'", "--token")->root()["v"].str(), "hf_secret");
  snapshot.save();
  EXPECT_FALSE(fs::exists(cache));
}

TEST_F(SnapshotTest, DamagedItIsAsIfItWereNotThere) {
  const fs::path path = write("a.toml", kToml);
  const std::string parsed = listing(path);
  {
    Snapshot snapshot(cache);
    listing(path);
    snapshot.save();
  }
  const std::string good = stored();
  ASSERT_GT(good.size(), 100u);
  const auto survives = [&](const std::string& bytes) {
    std::ofstream(cache, std::ios::binary | std::ios::trunc) << bytes;
    Snapshot snapshot(cache);
    return listing(path) == parsed;
  };
  for (std::size_t size = 0; size < good.size(); size += 7) ASSERT_TRUE(survives(good.substr(0, size))) << "cut to " << size;
  for (std::size_t at = 0; at < good.size(); ++at) {
    std::string bad = good;
    bad[at] = static_cast<char>(bad[at] ^ 0x41);
    ASSERT_TRUE(survives(bad)) << "byte " << at;
  }
}

TEST_F(SnapshotTest, TwoRunsAtOnceLeaveAUsableFile) {
  const fs::path a = write("a.toml", "x = 1\n"), b = write("b.toml", "x = 2\n");
  {
    Snapshot one(cache);
    listing(a);
    {
      Snapshot other(cache);
      listing(b);
      other.save();
    }
    one.save();
  }
  Snapshot after(cache);
  EXPECT_TRUE(after.find(Snapshot::key("toml", "x = 1\n")));  // the last to write wins
  EXPECT_EQ(std::distance(fs::directory_iterator(cache.parent_path()), {}), 1);  // nothing left beside it
}

TEST_F(SnapshotTest, AFolderThatCannotBeMadeIsNoError) {
  const fs::path path = write("a.toml", "x = 1\n");
  Snapshot snapshot(path / "no/folder");
  EXPECT_EQ(TomlFile::read(path)->root()["x"].i64(), 1);
  snapshot.save();
}

constexpr std::string_view kRules = R"([table.role]
subject = "tensor"
[[role]]
id = "attention"
pattern = ['(^|\.)attn\.', '\.q_proj']
label = "attn"
[[role]]
id = "norm"
pattern = 'norm'
label = "norm"
)";

std::string labels(const RuleSet& rules, std::initializer_list<const char*> names) {
  std::string out;
  for (const char* name : names) {
    const Value* rule = rules.match("role", name);
    out += rule ? std::string((*rule)["id"].str()) + "@" + fs::path((*rule)["at"].str()).filename().string() + " " : "- ";
  }
  return out;
}

TEST_F(SnapshotTest, PatternsAnswerTheSameFromIt) {
  const fs::path path = write("r.toml", kRules);
  const std::vector<fs::path> files = {path};
  const std::string expected = "attention@r.toml:3 norm@r.toml:7 - attention@r.toml:3 ";
  {
    Snapshot snapshot(cache);
    EXPECT_EQ(labels(*RuleSet::load(files), {"h.0.attn.c_proj", "final_norm", "mlp.up", "x.q_proj"}), expected);
    snapshot.save();
  }
  {
    Snapshot snapshot(cache);
    const auto rules = RuleSet::load(files);
    EXPECT_EQ(labels(*rules, {"h.0.attn.c_proj", "final_norm", "mlp.up", "x.q_proj"}), expected);      // known
    EXPECT_EQ(labels(*rules, {"attn.norm", "y.q_proj.weight", "nothing"}), "attention@r.toml:3 attention@r.toml:3 - ");  // not yet
  }
  std::string other(kRules);
  other.replace(other.find("'norm'"), 6, "'mlp'");
  write("r.toml", other);
  Snapshot snapshot(cache);
  EXPECT_EQ(labels(*RuleSet::load(files), {"final_norm", "mlp.up"}), "- norm@r.toml:7 ");
}

TEST_F(SnapshotTest, ARuleSetFromItExplainsItselfAndKnowsItsFiles) {
  write("base.toml", kRules);
  const std::vector<fs::path> files = {write("own.toml", "extends = \"base.toml\"\n[[role]]\nid = \"norm\"\npattern = 'norm'\nlabel = \"mine\"\nhits = [\"x\"]\n")};
  std::string said[2], digests[2];
  for (int run = 0; run < 2; ++run) {
    Snapshot snapshot(cache);
    {
      const auto rules = RuleSet::load(files);
      Document document;
      Builder out(document);
      rules->explain("h.attn.norm", out);
      said[run] = std::string(out.finish()["tables"].at(0)["chain"].at(1)["value"].str()) + " of " + std::to_string(rules->files().size());
      ASSERT_EQ(rules->run_tests().size(), 1u);
      said[run] += "; " + rules->run_tests().front().text();
      digests[run] = rules->digest();
    }
    snapshot.save();
  }
  EXPECT_TRUE(said[0].starts_with("mine of 2; ")) << said[0];
  EXPECT_EQ(said[0], said[1]);
  EXPECT_EQ(digests[0], digests[1]);
}

TEST_F(SnapshotTest, APipeIsReadOnceInEachRun) {  // --rules <(...)
  for (int run = 0; run < 3; ++run) {
    int ends[2];
    ASSERT_EQ(::pipe(ends), 0);
    const std::string text = "[[t]]\nid = \"a\"\n";
    ASSERT_EQ(::write(ends[1], text.data(), text.size()), static_cast<ssize_t>(text.size()));
    ::close(ends[1]);  // an end behind the text, and nobody waits for more
    {
      Snapshot snapshot(cache);
      const auto set = RuleSet::load(std::vector<fs::path>{fs::path("/proc/self/fd") / std::to_string(ends[0])});
      const Value* rules = set->table("t");
      EXPECT_EQ(rules ? rules->size() : 0, 1u) << "run " << run;
      snapshot.save();
    }
    ::close(ends[0]);
  }
}

TEST_F(SnapshotTest, AFileThatIsExtendedCounts) {
  const std::vector<fs::path> files = {write("own.toml", "extends = \"base.toml\"\n")};
  std::string ids;
  for (const std::string_view id : {"a", "b", "a"}) {
    write("base.toml", fmt::format("[[t]]\nid = \"{}\"\n", id));
    Snapshot snapshot(cache);
    ids += RuleSet::load(files)->table("t")->at(0)["id"].str();
    snapshot.save();
  }
  EXPECT_EQ(ids, "aba");
}

TEST(ValueBytes, CutOrDamagedAreRefusedOrAnotherValueButNeverOutOfBounds) {
  Document document;
  Builder builder(document);
  builder.begin('{');
  for (const char* key : {"a", "b", "c", "d", "e", "f", "g", "h", "i", "j"}) builder.member(key, "text");  // enough for an index
  builder.key("list"), builder.begin('['), builder.put(-7), builder.put(Value(0.5)), builder.put(true), builder.put(Value()), builder.end();
  builder.end();
  std::string good;
  append_value(good, builder.finish());
  const auto read = [](const std::string& bytes, Value& out, Document& into) {
    ValueReader reader(bytes, into);
    return reader.next(out) && reader.at_end();
  };
  Document whole;
  Value back;
  ASSERT_TRUE(read(good, back, whole));
  EXPECT_EQ(back["j"].str(), "text");
  EXPECT_EQ(back["list"].at(0).i64(), -7);
  for (std::size_t size = 0; size < good.size(); ++size) {
    Document into;
    EXPECT_FALSE(read(good.substr(0, size), back, into)) << size;
  }
  for (std::size_t at = 0; at < good.size(); ++at) {
    std::string bad = good;
    bad[at] = static_cast<char>(bad[at] ^ 0x41);
    Document into;
    read(bad, back, into);
  }
}

TEST_F(SnapshotTest, ABadPatternIsReportedEachTime) {
  const fs::path path = write("r.toml", "[[t]]\nid = \"a\"\npattern = 'x('\n");
  for (int run = 0; run < 2; ++run) {
    Snapshot snapshot(cache);
    EXPECT_THROW(RuleSet::load(std::vector<fs::path>{path}), Error);
    snapshot.save();
  }
}

}  // namespace
}  // namespace modelsig
