#include <fstream>
#include <thread>

#include "hub_test.hpp"

namespace modelsig::testing {
namespace {

using ::testing::HasSubstr;

class HubCaches : public HubTest {
 protected:
  // one run over org/a; returns the requests it made
  std::size_t requests_of_a_run(Options options = {}, const std::string& uri = "org/a") {
    const auto before = hub->log().size();
    run(std::move(options)).open(uri);
    auto reads = all_headers();
    EXPECT_TRUE(store->read(reads)) << store->everything_said();
    for (const Read& read : reads) EXPECT_TRUE(read.right()) << read.file;
    return hub->log().size() - before;
  }
  // the download cache of the hub's client, as it lies on disk
  void download(const std::string& commit) {
    const fs::path cache = folder / "home/hf/hub/models--org--a";
    write_text(cache / "refs/main", commit);
    for (const auto& file : fs::directory_iterator(served / "org/a")) {
      const std::string name = file.path().filename();
      fs::create_directories(cache / "blobs");
      fs::create_hard_link(file.path(), cache / "blobs" / ("blob-" + name));
      fs::create_directories(cache / "snapshots" / commit);
      fs::create_symlink("../../blobs/blob-" + name, cache / "snapshots" / commit / name);
    }
  }
  std::string commit() {
    run({{"cache", "off"}}).open("org/a");
    return store->described_text("commit");
  }
};

TEST_F(HubCaches, SecondRunNeedsOnlyTheRequestForTheCommit) {
  serve();
  EXPECT_EQ(requests_of_a_run(), 6u);
  EXPECT_EQ(requests_of_a_run(), 1u);
  EXPECT_EQ(store->described("cache_hits"), 5u);
}

TEST_F(HubCaches, AKnownCommitNeedsNoRequest) {
  serve();
  requests_of_a_run();
  const std::string known = store->described_text("commit");
  EXPECT_EQ(requests_of_a_run({}, "org/a@" + known), 0u);
}

TEST_F(HubCaches, PartOfWhatWasReadIsAHit) {
  serve();
  requests_of_a_run();
  run().open("org/a");
  EXPECT_TRUE(store->read(shard_name(1, 5), 500, 1000).right());
  EXPECT_TRUE(store->read(shard_name(1, 5), header_bytes, 10).right());  // not read before
  EXPECT_EQ(store->described("requests"), 2u);
}

TEST_F(HubCaches, OfflineAfterAnOnlineRunMakesNoRequest) {
  serve();
  requests_of_a_run();
  EXPECT_EQ(requests_of_a_run({{"offline", true}}), 0u);
  const Read read = store->read(shard_name(1, 5), 200'000, 10);
  EXPECT_EQ(read.status, MS_UNAVAILABLE);
  EXPECT_THAT(read.error, HasSubstr("offline: model-00001-of-00005.safetensors of org/a, bytes 200000-200009"));
}

TEST_F(HubCaches, OfflineWithoutAnythingSaysWhatIsMissing) {
  serve();
  const std::string error = run({{"offline", true}}).open_error("org/a");
  EXPECT_THAT(error, HasSubstr("org/a at revision 'main' is missing: this run is offline"));
  EXPECT_THAT(error, HasSubstr((folder / "home/hf/hub").string()));
  EXPECT_EQ(hub->log().size(), 0u);
}

TEST_F(HubCaches, TheHubCacheIsReadBeforeTheNetwork) {
  serve();
  download(commit());
  EXPECT_EQ(requests_of_a_run(), 1u);
  EXPECT_EQ(store->described("hub_cache_hits"), 5u);
}

TEST_F(HubCaches, TheHubCacheServesAnOfflineRunByRevisionAndByCommit) {
  serve();
  const std::string known = commit();
  download(known);
  EXPECT_EQ(requests_of_a_run({{"offline", true}}), 0u);
  EXPECT_EQ(requests_of_a_run({{"offline", true}}, "org/a@" + known), 0u);
}

TEST_F(HubCaches, ADownloadOfAnotherCommitIsNotUsed) {
  serve();
  download(std::string(40, 'a'));
  EXPECT_EQ(requests_of_a_run(), 6u);
}

TEST_F(HubCaches, AnUnreachableHubIsReplacedByTheCacheAndTheReportSaysSo) {
  serve();
  requests_of_a_run();
  hub.reset();
  run({{"endpoint", "http://127.0.0.1:9"}});
  EXPECT_THAT(store->open_error("org/a"), HasSubstr("127.0.0.1:9 cannot be reached"));  // another endpoint, nothing of it is known
  const std::string known = std::string(40, 'b');
  download(known);
  run({{"endpoint", "http://127.0.0.1:9"}}).open("org/a");
  EXPECT_THAT(store->everything_said(), HasSubstr("read from the local cache instead, commit " + known));
}

TEST_F(HubCaches, ADamagedEntryIsAMiss) {
  serve();
  requests_of_a_run();
  for (const auto& entry : fs::recursive_directory_iterator(folder / "home/cache/modelsig/hub"))
    if (entry.is_regular_file() && entry.file_size() > header_bytes) {
      std::fstream file(entry.path(), std::ios::in | std::ios::out | std::ios::binary);
      file.seekp(5000);
      file.put('!').put('?');
    }
  EXPECT_EQ(requests_of_a_run(), 6u);
  EXPECT_EQ(requests_of_a_run(), 1u);  // and it is mended
}

TEST_F(HubCaches, SwitchedOffNothingIsWritten) {
  serve();
  EXPECT_EQ(requests_of_a_run({{"cache", "off"}}), 6u);
  EXPECT_EQ(requests_of_a_run({{"cache", "off"}}), 6u);
  EXPECT_FALSE(fs::exists(folder / "home/cache"));
}

TEST_F(HubCaches, TheModelsNotUsedForLongestGoFirst) {
  for (const char* id : {"org/b", "org/c"}) write_model(served, id, shards);
  serve();
  const Options small = {{"cache_limit", std::int64_t{1'200'000}}};  // two of them fit
  for (const char* id : {"org/a", "org/b"}) EXPECT_EQ(requests_of_a_run(small, id), 6u);
  std::this_thread::sleep_for(std::chrono::milliseconds(20));
  EXPECT_EQ(requests_of_a_run(small, "org/a"), 1u);  // used again
  EXPECT_EQ(requests_of_a_run(small, "org/c"), 6u);  // b goes
  EXPECT_EQ(requests_of_a_run(small, "org/a"), 1u);
  EXPECT_EQ(requests_of_a_run(small, "org/b"), 6u);
}

TEST_F(HubCaches, ManyAtOnceOverOneCache) {
  serve();
  std::vector<std::thread> runs;
  std::vector<std::unique_ptr<StoreRun>> stores;
  for (int i = 0; i < 6; ++i) stores.push_back(std::make_unique<StoreRun>(folder / "home", "store.hub", hub->endpoint()));
  std::atomic<int> good{0};
  for (auto& one : stores)
    runs.emplace_back([&] {
      one->open("org/a");
      auto reads = all_headers();
      bool right = one->read(reads);
      for (const Read& read : reads) right = right && read.right();
      good += right;
    });
  for (auto& thread : runs) thread.join();
  EXPECT_EQ(good, 6);
  EXPECT_EQ(requests_of_a_run(), 1u);
}

}  // namespace
}  // namespace modelsig::testing
