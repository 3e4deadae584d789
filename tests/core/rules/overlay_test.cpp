#include "core/value/builder.hpp"
#include "fixture.hpp"

namespace modelsig {
namespace {

const char* const kBase = R"(
[table.t]
subject = "tensor"
[[t]]
id = "a"
contains = "a"
label = "A"
[[t]]
id = "b"
contains = "b"
label = "B"
[[t]]
id = "c"
contains = "c"
label = "C"
)";

TEST(Overlay, ALaterRuleOfTheSameIdTakesThePlaceOfTheEarlier) {
  Folder folder;
  folder.write("base.toml", kBase);
  folder.write("mine.toml", "[[t]]\nid = \"b\"\nexact = \"abc\"\nlabel = \"mine\"\n[[t]]\nid = \"d\"\nexact = \"d\"\nlabel = \"D\"\n");
  const auto rules = folder.load({"base.toml", "mine.toml"});
  EXPECT_EQ(ids(*rules, "t"), "a b c d");
  EXPECT_EQ((*rules->table("t")).at(1)["label"].str(), "mine");
  EXPECT_EQ(folder.relative(std::string((*rules->table("t")).at(1)["at"].str())), "mine.toml:1");
  EXPECT_EQ(winner(*rules, "t", "b"), "-");
}

TEST(Overlay, RemoveDeletes) {
  Folder folder;
  folder.write("base.toml", kBase);
  folder.write("mine.toml", "[[t]]\nid = \"a\"\nremove = true\n");
  EXPECT_EQ(ids(*folder.load({"base.toml", "mine.toml"}), "t"), "b c");
}

TEST(Overlay, BeforeAndFirstPutRulesAheadInTheOrderOfTheirFile) {
  Folder folder;
  folder.write("base.toml", kBase);
  folder.write("mine.toml", R"(
    [[t]]
    id = "1"
    first = true
    exact = "x"
    label = "X"
    [[t]]
    id = "2"
    before = "b"
    exact = "x"
    label = "X"
    [[t]]
    id = "3"
    before = "b"
    exact = "x"
    label = "X"
    [[t]]
    id = "4"
    first = true
    exact = "x"
    label = "X"
  )");
  EXPECT_EQ(ids(*folder.load({"base.toml", "mine.toml"}), "t"), "1 4 a 2 3 b c");
}

TEST(Overlay, AReplacementMayMove) {
  Folder folder;
  folder.write("base.toml", kBase);
  folder.write("mine.toml", "[[t]]\nid = \"c\"\nfirst = true\nexact = \"c\"\nlabel = \"C\"\n[[t]]\nid = \"a\"\nremove = true\n");
  EXPECT_EQ(ids(*folder.load({"base.toml", "mine.toml"}), "t"), "c b");
}

TEST(Overlay, FirstStaysFirstWhenTheOldFirstRuleGoes) {
  Folder folder;
  folder.write("base.toml", kBase);
  folder.write("mine.toml", "[[t]]\nid = \"a\"\nremove = true\n[[t]]\nid = \"z\"\nfirst = true\nexact = \"z\"\nlabel = \"Z\"\n");
  EXPECT_EQ(ids(*folder.load({"base.toml", "mine.toml"}), "t"), "z b c");
}

TEST(Overlay, TableSettingsAreSetOneByOne) {
  Folder folder;
  folder.write("base.toml", kBase);
  folder.write("mine.toml", "[table.t]\nignore_case = true\n");
  const auto rules = folder.load({"base.toml", "mine.toml"});
  Document document;
  Builder out(document);
  rules->label("xAx", out);
  EXPECT_EQ(out.finish()["t"]["value"].str(), "A");
}

TEST(Extends, IsLoadedAheadAndRelativeToItsFile) {
  Folder folder;
  folder.write("base/one.toml", "extends = \"two.toml\"\n[[t]]\nid = \"one\"\nexact = \"1\"\n");
  folder.write("base/two.toml", "[[t]]\nid = \"two\"\nexact = \"2\"\n");
  folder.write("mine/top.toml", "extends = [\"../base/one.toml\"]\n[[t]]\nid = \"two\"\nremove = true\n");
  const auto rules = folder.load({"mine/top.toml"});
  EXPECT_EQ(ids(*rules, "t"), "one");
  std::string files;
  for (const auto& f : rules->files()) files.append(folder.relative(f.string())).append(" ");
  EXPECT_EQ(files, "base/two.toml base/one.toml mine/top.toml ");
}

TEST(Extends, NoFileCountsTwiceElseItWouldUndoWhatReplacedIt) {
  Folder folder;
  folder.write("base.toml", kBase);
  folder.write("organisation.toml", "extends = \"base.toml\"\n[[t]]\nid = \"a\"\nexact = \"x\"\nlabel = \"organisation\"\n");
  folder.write("project.toml", "extends = \"base.toml\"\n");
  const auto rules = folder.load({"base.toml", "organisation.toml", "project.toml"});
  EXPECT_EQ((*rules->table("t")).at(0)["label"].str(), "organisation");
  EXPECT_EQ(rules->files().size(), 3u);
}

TEST(Extends, ACircleIsAnError) {
  Folder folder;
  folder.write("a.toml", "extends = \"b.toml\"\n");
  folder.write("b.toml", "extends = [\"c.toml\",\n  \"./a.toml\"]\n");
  folder.write("c.toml", "");
  folder.write("self.toml", "extends = \"self.toml\"\n");
  EXPECT_EQ(folder.error({"a.toml"}), "b.toml:2:3: 'extends' goes round in a circle: a.toml -> b.toml -> a.toml");
  EXPECT_EQ(folder.error({"self.toml"}), "self.toml:1:11: 'extends' goes round in a circle: self.toml -> self.toml");
}

TEST(RuleSet, DigestTellsTextsApart) {
  Folder folder;
  folder.write("a.toml", "# one\n");
  folder.write("b.toml", "# two\n");
  const auto a = folder.load({"a.toml"}), b = folder.load({"b.toml"}), ab = folder.load({"a.toml", "b.toml"});
  EXPECT_EQ(a->digest().size(), 16u);
  EXPECT_NE(a->digest(), b->digest());
  EXPECT_NE(a->digest(), ab->digest());
  EXPECT_EQ(a->digest(), folder.load({"a.toml"})->digest());
}

}  // namespace
}  // namespace modelsig
