// store.local over real files of a temporary folder.
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <modelsig/testing/loaded_plugin.hpp>
#include <sys/stat.h>

#include <filesystem>
#include <fstream>

#include "tests/support/paths.hpp"

namespace {

namespace fs = std::filesystem;
using namespace ms::testing;
using ::testing::ElementsAre;
using ::testing::HasSubstr;

struct StoreLocal : ::testing::Test {
  StoreLocal() {
    static LoadedPlugin plugin(modelsig::testing::plugin_dir() / "store_local.so");
    static std::atomic<int> number{0};
    role = &plugin.role("store.local");
    root = fs::path(::testing::TempDir()) / ("modelsig_store_local_" + std::to_string(::getpid()) + "_" + std::to_string(number++));
    fs::create_directories(root);
  }
  ~StoreLocal() override {
    if (repo) (*store)->close(store->self(), repo);
    fs::remove_all(root);
  }
  void write(const std::string& name, std::string_view bytes) {
    fs::create_directories((root / name).parent_path());
    std::ofstream(root / name, std::ios::binary) << bytes;
  }
  ms_status open(const std::string& uri, Value options = Value::object()) {
    store = std::make_unique<Instance<ms_store>>(host, *role, std::move(options));
    return (*store)->open(store->self(), host.call(), {uri.data(), uri.size()}, &repo);
  }
  std::vector<std::string> list() {
    ValueWriter out;
    EXPECT_EQ((*store)->list(store->self(), host.call(), repo, out.raw()), MS_OK) << host.failure;
    std::vector<std::string> names;
    for (const Value& file : out.value().items) names.push_back(file.find("name")->string + ":" + file.find("size")->text());
    return names;
  }
  struct Answer { ms_status status; std::string bytes, error; std::uint64_t file_size; };
  Answer read(const std::string& name, std::uint64_t offset, std::uint64_t size, std::uint32_t flags = 0) {
    std::string bytes(size, '?');
    ms_range range{nullptr, {name.data(), name.size()}, offset, size, reinterpret_cast<std::uint8_t*>(bytes.data()), 0, MS_SIZE_UNKNOWN, MS_OK, flags};
    EXPECT_EQ((*store)->read(store->self(), host.call(), repo, &range, 1), MS_OK);
    return {range.status, bytes.substr(0, range.got), host.range_error(&range), range.file_size};
  }

  const ms_role* role = nullptr;
  fs::path root;
  FakeHost host;
  std::unique_ptr<Instance<ms_store>> store;
  void* repo = nullptr;
};

TEST_F(StoreLocal, AFolderListsItsFilesAndSubfoldersByNameWithoutHiddenOnes) {
  write("b.safetensors", "12345");
  write("a.json", "{}");
  write("sub/deeper/c.bin", "1");
  write(".cache/x", "no");
  write(".hidden", "no");
  ASSERT_EQ(open(root.string()), MS_OK) << host.failure;
  EXPECT_THAT(list(), ElementsAre("a.json:2", "b.safetensors:5", "sub/deeper/c.bin:1"));
}

TEST_F(StoreLocal, SchemesAreTakenOff) {
  write("a", "1");
  for (const char* prefix : {"local:", "file:", "file://", ""}) {
    ASSERT_EQ(open(std::string(prefix) + root.string()), MS_OK) << host.failure;
    EXPECT_THAT(list(), ElementsAre("a:1"));
    (*store)->close(store->self(), std::exchange(repo, nullptr));
  }
}

TEST_F(StoreLocal, LinksToFilesAreFollowedLinksToFoldersAreNot) {
  write("blobs/0123", "12345");
  fs::create_directories(root / "snapshot");
  fs::create_symlink("../blobs/0123", root / "snapshot/model.safetensors");  // as in a hub cache
  fs::create_directory_symlink(root, root / "snapshot/circle");
  fs::create_symlink("../blobs/gone", root / "snapshot/config.json");
  ASSERT_EQ(open((root / "snapshot").string()), MS_OK) << host.failure;
  EXPECT_THAT(list(), ElementsAre("model.safetensors:5"));
  EXPECT_EQ(read("model.safetensors", 0, 5).bytes, "12345");
  ASSERT_EQ(host.problems.size(), 1u);
  EXPECT_EQ(host.problems[0].subject, "config.json");
  EXPECT_EQ(host.problems[0].text, "is a link to a file that is not there: finish the download");
}

TEST_F(StoreLocal, AFileComesFirstThenTheJsonBesideIt) {
  for (const char* name : {"a.json", "config.json", "model.safetensors", "other.safetensors", "model.safetensors.index.json", "sub/config.json"}) write(name, "{}");
  ASSERT_EQ(open((root / "model.safetensors").string()), MS_OK) << host.failure;
  EXPECT_THAT(list(), ElementsAre("model.safetensors:2", "a.json:2", "config.json:2"));
}

TEST_F(StoreLocal, AnIndexStandsForItsFolder) {
  for (const char* name : {"a.safetensors", "model.safetensors.index.json"}) write(name, "{}");
  ASSERT_EQ(open((root / "model.safetensors.index.json").string()), MS_OK) << host.failure;
  EXPECT_THAT(list(), ElementsAre("model.safetensors.index.json:2", "a.safetensors:2"));
}

TEST_F(StoreLocal, RangesAreReadAndTheEndIsWhereItIs) {
  write("a", "0123456789");
  ASSERT_EQ(open(root.string()), MS_OK) << host.failure;
  list();
  EXPECT_EQ(read("a", 3, 4).bytes, "3456");
  EXPECT_EQ(read("a", 3, 4).file_size, 10u);
  EXPECT_EQ(read("a", 8, 100, MS_RANGE_SHORT_OK).bytes, "89");
  EXPECT_EQ(read("a", 20, 1, MS_RANGE_SHORT_OK).status, MS_OK);
  const Answer past = read("a", 8, 100);
  EXPECT_EQ(past.status, MS_DATA_LOSS);
  EXPECT_EQ(past.error, "a: ends at byte 10, but bytes 8 to 108 are needed");
  EXPECT_EQ(read("a", UINT64_MAX - 5, 3).status, MS_DATA_LOSS);
}

TEST_F(StoreLocal, OneBadRangeLeavesTheOthersOverManyFiles) {
  std::vector<std::string> names;
  for (int i = 100; i < 164; ++i) write(names.emplace_back("f" + std::to_string(i)), std::to_string(i));
  ASSERT_EQ(open(root.string()), MS_OK) << host.failure;
  list();
  names.push_back("not there");
  std::vector<std::string> bytes(names.size(), "???");
  std::vector<ms_range> ranges;
  for (std::size_t i = 0; i < names.size(); ++i)
    ranges.push_back({nullptr, {names[i].data(), names[i].size()}, 0, 3, reinterpret_cast<std::uint8_t*>(bytes[i].data()), 0, MS_SIZE_UNKNOWN, MS_OK, 0});
  ASSERT_EQ((*store)->read(store->self(), host.call(), repo, ranges.data(), ranges.size()), MS_OK);
  for (std::size_t i = 0; i < 64; ++i) EXPECT_EQ(bytes[i], std::to_string(100 + i));
  EXPECT_EQ(ranges.back().status, MS_NOT_FOUND);
  ValueWriter out;
  ASSERT_EQ((*store)->describe(store->self(), host.call(), repo, out.raw()), MS_OK);
  EXPECT_EQ(out.value().text(), "{\"uri\": \"local:" + root.string() + "\", \"requests\": 64, \"bytes\": 192}");
}

TEST_F(StoreLocal, NamesThatWereNotListedAreNotOpened) {
  write("in/a", "1");
  write("secret", "2");
  ASSERT_EQ(open((root / "in").string()), MS_OK) << host.failure;
  list();
  for (const std::string& name : {std::string("../secret"), (root / "secret").string(), std::string("")}) EXPECT_EQ(read(name, 0, 1).status, MS_NOT_FOUND) << name;
}

TEST_F(StoreLocal, AFileThatChangesMeanwhileIsSaid) {
  write("a", "0123");
  ASSERT_EQ(open(root.string()), MS_OK) << host.failure;
  list();
  write("a", "01234567");
  const Answer answer = read("a", 0, 2);
  EXPECT_EQ(answer.status, MS_DATA_LOSS);
  EXPECT_EQ(answer.error, "a: changed while it was looked at: it had 4 bytes and now has 8: run again");
  fs::remove(root / "a");
  EXPECT_EQ(read("a", 0, 2).status, MS_NOT_FOUND);
}

TEST_F(StoreLocal, APipeNeitherHangsNorCounts) {
  write("a", "1");
  ASSERT_EQ(::mkfifo((root / "pipe").c_str(), 0600), 0);
  ASSERT_EQ(open(root.string()), MS_OK) << host.failure;
  EXPECT_THAT(list(), ElementsAre("a:1"));
  FakeHost other;
  Instance<ms_store> direct(other, *role);
  const std::string uri = (root / "pipe").string();
  void* none = nullptr;
  EXPECT_EQ(direct->open(direct.self(), other.call(), {uri.data(), uri.size()}, &none), MS_UNSUPPORTED);
  EXPECT_THAT(other.failure, HasSubstr("is neither a file nor a folder"));
}

TEST_F(StoreLocal, WhatIsNotThereIsSaid) {
  EXPECT_EQ(open((root / "nowhere").string()), MS_NOT_FOUND);
  EXPECT_EQ(host.failure, (root / "nowhere").string() + ": there is no such file or folder");
}

TEST_F(StoreLocal, TooManyFilesAreRefusedAndDepthIsBounded) {
  for (const char* name : {"1", "2", "d/3", "d/e/4"}) write(name, "x");
  EXPECT_EQ(open(root.string(), Value::object({{"max_files", 2}})), MS_LIMIT);
  EXPECT_THAT(host.failure, HasSubstr("has more than 2 files: give the folder of one model, or raise max_files"));
  ASSERT_EQ(open(root.string(), Value::object({{"max_depth", 1}})), MS_OK);
  EXPECT_THAT(list(), ElementsAre("1:1", "2:1", "d/3:1"));
}

}  // namespace
