// Every way a rule file can be wrong, with the sentence it gives.
#include <fmt/core.h>

#include "fixture.hpp"

namespace modelsig {
namespace {

TEST(RuleErrors, MissingFileIsNamed) {
  Folder folder;
  EXPECT_EQ(folder.error({"none.toml"}), "none.toml: cannot be opened");
  folder.write("a.toml", "# comment\nextends = [\"b.toml\"]\n");
  EXPECT_EQ(folder.error({"a.toml"}), "a.toml:2:12: extends 'b.toml', but there is no file b.toml");
}

TEST(RuleErrors, TomlSyntax) { EXPECT_EQ(parse_error("[[t]]\nid = \n").rfind("r.toml:2:6: ", 0), 0u) << parse_error("[[t]]\nid = \n"); }

TEST(RuleErrors, UnknownKeysAtTheTop) {
  EXPECT_EQ(parse_error("extend = \"x\"\n"), "r.toml:1:1: unknown key 'extend', did you mean 'extends'? Allowed are extends, table and names, and rules as [[table]]");
  EXPECT_EQ(parse_error("[tables.t]\ncollect = true\n"), "r.toml:1:2: unknown key 'tables', did you mean 'table'? Allowed are extends, table and names, and rules as [[table]]");
  EXPECT_EQ(parse_error("[layer]\nid = \"a\"\n"), "r.toml:1:2: unknown key 'layer'; allowed are extends, table and names, and rules as [[table]]");
}

TEST(RuleErrors, UnknownKeysOfASection) {
  EXPECT_EQ(parse_error("[table.t]\nignorecase = true\n"), "r.toml:2:1: unknown key 'ignorecase' in [table.t], did you mean 'ignore_case'? Allowed are subject, collect, ignore_case, keys, expressions and refers");
  EXPECT_EQ(parse_error("[names]\nmode = \"x\"\n"), "r.toml:2:1: unknown key 'mode' in [names]; allowed are index and placeholder");
}

TEST(RuleErrors, WhatATablesReadersKnow) {
  EXPECT_EQ(parse_error("[table.t]\nkeys = \"a\"\n"), "r.toml:2:8: 'keys' is a string, it must be a list of keys");
  EXPECT_EQ(parse_error("[table.t]\nkeys = [1]\n"), "r.toml:2:9: 'keys' is an integer, it must be a string");
  EXPECT_EQ(parse_error("[table.t]\nrefers = [\"a\"]\n"), "r.toml:2:10: 'refers' is a list, it must be a table: { key = \"table\" }");
}

TEST(RuleErrors, SectionsOfTheWrongKind) {
  EXPECT_EQ(parse_error("names = 1\n"), "r.toml:1:9: 'names' is an integer, it must be a table");
  EXPECT_EQ(parse_error("table = []\n"), "r.toml:1:9: 'table' is a list, it holds the settings of tables: [table.name]");
  EXPECT_EQ(parse_error("table.t = 1\n"), "r.toml:1:11: [table.t] is an integer, it must be a table");
  EXPECT_EQ(parse_error("t = [1]\n"), "r.toml:1:6: an item of 't' is an integer, rules are written as [[t]]");
  EXPECT_EQ(parse_error("extends = []\n"), "r.toml:1:11: 'extends' is an empty list, it needs at least one string");
  EXPECT_EQ(parse_error("extends = \"x.toml\"\n"), "r.toml:1:11: 'extends' needs a file on disk to start from, this text is in memory");
}

TEST(RuleErrors, Settings) {
  EXPECT_EQ(parse_error("[table.t]\nsubject = \"op\"\n"), "r.toml:2:11: 'subject' is 'op', it can only be 'tensor'; leave it out for a table that plugins look things up in");
  EXPECT_EQ(parse_error("[table.t]\ncollect = 1\n"), "r.toml:2:11: 'collect' is an integer, it must be true or false");
  EXPECT_EQ(parse_error("[names]\nindex = \"dots\"\n"), "r.toml:2:9: 'index' is 'dots', allowed are components and between-dots");
  EXPECT_EQ(parse_error("[names]\nplaceholder = \"7\"\n"), "r.toml:2:15: 'placeholder' is '7', it needs at least one character that is no digit, and no dot");
}

TEST(RuleErrors, Ids) {
  EXPECT_EQ(parse_error("[[t]]\nexact = \"a\"\n"), "r.toml:1:1: a rule without 'id': it is the name by which later files replace it");
  EXPECT_EQ(parse_error("[[t]]\nid = \"\"\n"), "r.toml:2:6: 'id' is empty, it needs at least one character");
  EXPECT_EQ(parse_error("[[t]]\nid = 1\n"), "r.toml:2:6: 'id' is an integer, it must be a string");
  EXPECT_EQ(parse_error("[[t]]\nid = \"a\"\n[[t]]\nid = \"a\"\n"), "r.toml:4:6: rule 'a' of table 't' is there already, at r.toml:1");
}

TEST(RuleErrors, Matchers) {
  EXPECT_EQ(parse_error("[[t]]\nid = \"a\"\nexact = \"x\"\nprefix = \"y\"\n"), "r.toml:4:1: rule 'a' has both 'exact' and 'prefix', it takes one matcher of exact, prefix, suffix, contains and pattern");
  EXPECT_EQ(parse_error("[[t]]\nid = \"a\"\nexact = \"x\"\nexact = \"y\"\n").rfind("r.toml:4:", 0), 0u);
  EXPECT_EQ(parse_error("[[t]]\nid = \"a\"\ncontains = 1\n"), "r.toml:3:12: 'contains' is an integer, it must be a string or a list of strings");
  EXPECT_EQ(parse_error("[[t]]\nid = \"a\"\ncontains = [\"x\", 1.5]\n"), "r.toml:3:18: an item of 'contains' is a number, it must be a string");
  EXPECT_EQ(parse_error("[[t]]\nid = \"a\"\ncontains = []\n"), "r.toml:3:12: 'contains' is an empty list, it needs at least one string");
  EXPECT_EQ(parse_error("[[t]]\nid = \"a\"\nsuffix = \"\"\n"), "r.toml:3:10: 'suffix' is empty, it needs at least one character");
  EXPECT_EQ(parse_error("[[t]]\nid = \"a\"\ncontain = \"x\"\n"), "r.toml:3:1: 'contain' is one letter away from 'contains': write that, or a payload key that can't be taken for it");
}

TEST(RuleErrors, ABadPatternSaysWhatAndWhere) {
  EXPECT_EQ(parse_error("[[t]]\nid = \"a\"\npattern = ['ok', 'ab(c']\n"), "r.toml:3:19: rule 'a' has a pattern that RE2 does not take: missing ): ab(c");
  EXPECT_EQ(parse_error("[[t]]\nid = \"a\"\npattern = 'ab[z-a]'\n"), "r.toml:3:15: rule 'a' has a pattern that RE2 does not take: invalid character class range: z-a");
  EXPECT_EQ(parse_error("[[t]]\nid = \"a\"\npattern = '(?=x)y'\n"), "r.toml:3:12: rule 'a' has a pattern that RE2 does not take: invalid perl operator: (?=");
  EXPECT_EQ(parse_error("[[t]]\nid = \"a\"\npattern = 'x{2000}'\n"), "r.toml:3:13: rule 'a' has a pattern that RE2 does not take: invalid repetition size: {2000}");
}

TEST(RuleErrors, Labels) {
  EXPECT_EQ(parse_error("[table.t]\nsubject = \"tensor\"\n[[t]]\nid = \"a\"\nexact = \"x\"\n"), "r.toml:3:1: rule 'a' has no label, which every rule of 't' needs, as the table labels tensors");
  EXPECT_EQ(parse_error("[table.t]\nsubject = \"tensor\"\n[[t]]\nid = \"a\"\nlabel = \"x\"\n"),
            "r.toml:3:1: rule 'a' has no matcher (exact, prefix, suffix, contains or pattern), which every rule of 't' needs, as the table labels tensors");
  EXPECT_EQ(parse_error("[[t]]\nid = \"a\"\nlabel = \"\"\n"), "r.toml:3:9: 'label' is empty, it needs at least one character");
  EXPECT_EQ(parse_error("[[t]]\nid = \"a\"\nlabel = 1\n"), "r.toml:3:9: 'label' is an integer, it must be a string");
}

TEST(RuleErrors, OwnTestsAndReservedKeys) {
  EXPECT_EQ(parse_error("[[t]]\nid = \"a\"\nhits = [\"x\"]\n"), "r.toml:1:1: rule 'a' has hits or misses but no matcher (exact, prefix, suffix, contains and pattern)");
  EXPECT_EQ(parse_error("[[t]]\nid = \"a\"\nat = \"x\"\n"), "r.toml:3:1: 'at' is where the kernel notes file and line of a rule, a payload key needs another name");
}

TEST(RuleErrors, Placing) {
  const std::string base = "[[t]]\nid = \"attention\"\nexact = \"x\"\n";
  Folder folder;
  folder.write("base.toml", base);
  const auto error = [&](std::string_view text) {
    folder.write("mine.toml", text);
    return folder.error({"base.toml", "mine.toml"});
  };
  EXPECT_EQ(error("[[t]]\nid = \"a\"\nbefore = \"atention\"\n"), "mine.toml:3:10: table 't' has no rule 'atention' to stand before, did you mean 'attention'?");
  EXPECT_EQ(error("[[t]]\nid = \"zzz\"\nremove = true\n"), "mine.toml:2:6: table 't' has no rule 'zzz' to remove");
  EXPECT_EQ(error("[[t]]\nid = \"attention\"\nremove = true\nlabel = \"x\"\n"), "mine.toml:4:1: rule 'attention' is removed here, so 'label' has no use beside id and remove");
  EXPECT_EQ(error("[[t]]\nid = \"a\"\nremove = false\n"), "mine.toml:3:10: 'remove' can only be true; leave it out instead");
  EXPECT_EQ(error("[[t]]\nid = \"a\"\nbefore = \"attention\"\nfirst = true\n"), "mine.toml:3:1: rule 'a' has both 'before' and 'first', it can stand in one place only");
  EXPECT_EQ(error("[[t]]\nid = \"attention\"\nbefore = \"attention\"\n"), "mine.toml:3:10: rule 'attention' can't stand before itself");
}

TEST(RuleErrors, AMisspelledTableWouldBeSilentlyWithoutEffect) {
  Folder folder;
  folder.write("base.toml", "[table.layer_type]\nsubject = \"tensor\"\n");
  folder.write("mine.toml", "[[layer_tpye]]\nid = \"a\"\nexact = \"x\"\nlabel = \"X\"\n");
  EXPECT_EQ(folder.error({"base.toml", "mine.toml"}), "mine.toml:1:1: table 'layer_tpye' is declared nowhere, did you mean 'layer_type'? If not, declare it: [table.layer_tpye]");
  folder.write("other.toml", "[[my_table]]\nid = \"a\"\nexact = \"x\"\n");
  EXPECT_EQ(folder.error({"base.toml", "other.toml"}), "");
}

TEST(RuleErrors, TooManyTablesWithPatterns) {
  std::string text;
  for (int i = 0; i < 257; ++i) text += fmt::format("[[t{}]]\nid = \"a\"\npattern = 'x'\n", i);
  EXPECT_EQ(parse_error(text), "r.toml:769:1: with this one 257 tables hold patterns, 256 are allowed");
}

}  // namespace
}  // namespace modelsig
