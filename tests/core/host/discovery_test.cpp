#include "core/host/discovery.hpp"

#include <gmock/gmock.h>

#include <cstring>

#include "core/value/error.hpp"
#include "tests/core/host/folder.hpp"

namespace modelsig {
namespace {

using namespace testing;
using ::testing::ElementsAre;
using ::testing::IsEmpty;

std::vector<std::string> paths(const Discovery& found) {
  std::vector<std::string> out;
  for (const PluginFile& file : found.files) out.push_back(file.path.string());
  return out;
}
std::vector<std::string> sentences(const Discovery& found) {
  std::vector<std::string> out;
  for (const Refusal& refusal : found.refusals) out.push_back(refusal.sentence());
  return out;
}

// The same roles under another id of the same length.
std::vector<std::byte> renamed(const fs::path& path, const std::string& from, const std::string& to) {
  auto bytes = bytes_of(path);
  auto it = std::search(bytes.begin(), bytes.end(), from.begin(), from.end(), [](std::byte a, char b) { return a == static_cast<std::byte>(b); });
  EXPECT_NE(it, bytes.end());
  std::memcpy(&*it, to.data(), to.size());
  return bytes;
}

TEST(Discovery, LooksIntoFoldersInOrderAndFilesByName) {
  const Folder root;
  const auto good = root.copy(working("host_good"), "env/b.so");
  const auto plain = root.copy(working("host_plain"), "env/a.so");
  const auto other = root.copy(broken("intact"), "data/modelsig/plugins/c.so");
  root.write("env/README.md", "not looked at");
  PluginSearch search;
  search.plugin_path = (root.path() / "env").string();
  search.data_home = (root.path() / "data").string();
  const Discovery found = discover(search);
  EXPECT_THAT(paths(found), ElementsAre(plain, good, other));
  EXPECT_THAT(sentences(found), IsEmpty());
  EXPECT_THAT(found.warnings, IsEmpty());
}

TEST(Discovery, FindsTheUsersFolderUnderHomeAndTheProgramsOwn) {
  const Folder root;
  const auto good = root.copy(working("host_good"), "home/.local/share/modelsig/plugins/good.so");
  const auto plain = root.copy(working("host_plain"), "prefix/lib/modelsig/plugins/plain.so");
  PluginSearch search;
  search.home = (root.path() / "home").string();
  search.data_home = "relative";  // the XDG rule: ignored
  search.program = root.path() / "prefix/bin/modelsig";
  EXPECT_THAT(paths(discover(search)), ElementsAre(good, plain));
}

TEST(Discovery, IgnoresRelativeAndEmptyEntriesOfTheVariableWithAWarning) {
  const Folder root;
  root.copy(working("host_good"), "good.so");
  const fs::path before = fs::current_path();
  fs::current_path(root.path());  // what "" and "." would mean
  PluginSearch search;
  search.plugin_path = ":.:" + (root.path() / "none").string();
  const Discovery found = discover(search);
  fs::current_path(before);
  EXPECT_THAT(found.files, IsEmpty());
  EXPECT_THAT(found.warnings, ElementsAre("MODELSIG_PLUGIN_PATH: an empty entry was ignored, expected absolute folders",
                                          "MODELSIG_PLUGIN_PATH: '.' was ignored, expected an absolute folder",
                                          "MODELSIG_PLUGIN_PATH: '" + (root.path() / "none").string() + "' was ignored, it is not a folder"));
}

TEST(Discovery, AFolderThatWasSaidMayBeRelativeButMustExist) {
  const Folder root;
  root.copy(working("host_good"), "sub/good.so");
  const fs::path before = fs::current_path();
  fs::current_path(root.path());
  PluginSearch search;
  search.said = {"sub"};
  const Discovery found = discover(search);
  fs::current_path(before);
  EXPECT_THAT(paths(found), ElementsAre("sub/good.so"));
  search.said = {root.path() / "sbu"};
  try { discover(search); FAIL(); } catch (const Error& e) {
    EXPECT_EQ(e.what(), (root.path() / "sbu").string() + ": is not a folder, expected a folder with plugins");
  }
}

TEST(Discovery, ARefusedFileDoesNotHideTheOthers) {
  const Folder root;
  const auto text = root.write("a.so", "text");
  const auto good = root.copy(working("host_good"), "b.so");
  PluginSearch search;
  search.said = {root.path()};
  const Discovery found = discover(search);
  EXPECT_THAT(paths(found), ElementsAre(good));
  EXPECT_THAT(sentences(found), ElementsAre(text.string() + ": is not an ELF file: begins with 74 65 78 74, expected 7f 45 4c 46"));
}

TEST(Discovery, ALinkToNowhereOrAFolderCalledSoDoesNotEndTheListing) {
  const Folder root;
  fs::create_symlink("nowhere", root.path() / "a.so");
  fs::create_directory(root.path() / "b.so");
  const auto good = root.copy(working("host_good"), "c.so");
  PluginSearch search;
  search.said = {root.path()};
  const Discovery found = discover(search);
  EXPECT_THAT(paths(found), ElementsAre(good));
  EXPECT_THAT(found.warnings, IsEmpty());
  EXPECT_THAT(sentences(found), ElementsAre((root.path() / "a.so").string() + ": cannot be opened: No such file or directory"));
}

TEST(Discovery, ADuplicateRoleIsRefusedNamingBothFiles) {
  const Folder root;
  const auto first = root.copy(working("host_plain"), "a.so");
  root.write("b.so", renamed(working("host_good"), "org.modelsig.test.good", "org.modelsig.test.gone"));
  const auto third = root.copy(working("host_good"), "c.so");
  PluginSearch search;
  search.said = {root.path()};
  const Discovery found = discover(search);
  const std::string second = (root.path() / "b.so").string();
  EXPECT_THAT(paths(found), ElementsAre(first, second));
  EXPECT_THAT(sentences(found), ElementsAre(third.string() + ": offers layer.good, which " + second +
                                            " offers too (org.modelsig.test.good and org.modelsig.test.gone)"));
}

TEST(Discovery, TheSameIdInAnEarlierFolderOverrides) {
  const Folder root;
  const auto mine = root.copy(working("host_good"), "mine/good.so");
  const auto theirs = root.copy(working("host_good"), "theirs/good.so");
  PluginSearch search;
  search.said = {root.path() / "mine", root.path() / "theirs"};
  const Discovery found = discover(search);
  EXPECT_THAT(paths(found), ElementsAre(mine));
  EXPECT_THAT(sentences(found), IsEmpty());
  EXPECT_THAT(found.notes, ElementsAre(theirs.string() + ": overridden by " + mine.string() + ", which has the same id org.modelsig.test.good"));
}

TEST(Discovery, TheSameIdInTheSameFolderIsRefused) {
  const Folder root;
  const auto a = root.copy(working("host_good"), "a.so");
  const auto b = root.copy(working("host_good"), "b.so");
  PluginSearch search;
  search.said = {root.path()};
  EXPECT_THAT(sentences(discover(search)), ElementsAre(b.string() + ": has the same id as " + a.string() + ": org.modelsig.test.good"));
}

TEST(Discovery, OneFileUnderTwoNamesOrInTwoEntriesCountsOnce) {
  const Folder root;
  const auto good = root.copy(working("host_good"), "real/good.so");
  fs::create_symlink("good.so", root.path() / "real/other.so");
  fs::create_directory_symlink("real", root.path() / "link");
  PluginSearch search;
  search.said = {root.path() / "real", root.path() / "link", root.path() / "real"};
  const Discovery found = discover(search);
  EXPECT_THAT(paths(found), ElementsAre(good));
  EXPECT_THAT(found.notes, IsEmpty());
  EXPECT_THAT(sentences(found), IsEmpty());
}

}  // namespace
}  // namespace modelsig
