#include "hub_test.hpp"

namespace modelsig::testing {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::Not;

// The fixture hub's /resolve/ addresses are plain files on a web server, too.
class UrlStore : public HubTest {
 protected:
  std::string url(const std::string& path) { return hub->endpoint() + path; }
};

TEST_F(UrlStore, OneFile) {
  serve({"--redirect"});
  run({{"endpoint", "http://elsewhere.invalid"}}, "store.url").open(url("/org/a/resolve/main/" + shard_name(1, 5)));
  EXPECT_THAT(store->files(), ElementsAre(shard_name(1, 5)));
  const Read read = store->read(shard_name(1, 5), 0, 30'000, true);
  EXPECT_TRUE(read.right()) << read.error;
  EXPECT_EQ(read.file_size, shard_size);  // learnt from Content-Range
}

TEST_F(UrlStore, AFileShorterThanTheGuess) {
  serve();
  run({{"endpoint", "http://elsewhere.invalid"}}, "store.url").open(url("/org/a/resolve/main/config.json"));
  const Read read = store->read("config.json", 0, 100'000, true);
  EXPECT_EQ(read.status, MS_OK) << read.error;
  EXPECT_EQ(read.bytes.size(), fs::file_size(served / "org/a/config.json"));
  const Read behind = store->read("config.json", 5'000, 10, true);
  EXPECT_EQ(behind.status, MS_OK) << behind.error;
  EXPECT_EQ(behind.bytes.size(), 0u);
  EXPECT_EQ(store->read("config.json", 5'000, 10).status, MS_DATA_LOSS);
}

TEST_F(UrlStore, AFileThatIsNotThere) {
  serve();
  run({{"endpoint", "http://elsewhere.invalid"}}, "store.url").open(url("/org/a/resolve/main/none.gguf"));
  const Read read = store->read("none.gguf", 0, 10);
  EXPECT_EQ(read.status, MS_NOT_FOUND);
  EXPECT_THAT(read.error, HasSubstr("none.gguf does not exist (404): check the address"));
}

TEST_F(UrlStore, AFolderWithoutAnIndexPageIsListedFromTheSafetensorsIndex) {
  serve();
  run({{"endpoint", "http://elsewhere.invalid"}}, "store.url").open(url("/org/a/resolve/main/"));
  EXPECT_EQ(store->files().size(), 7u);
  auto reads = all_headers();
  EXPECT_TRUE(store->read(reads)) << store->everything_said();
  EXPECT_TRUE(reads[4].right());
  const auto before = hub->log().size();
  EXPECT_EQ(store->read("config.json", 0, 10).status, MS_OK);  // read while it was listed
  EXPECT_EQ(hub->log().size(), before);
}

TEST_F(UrlStore, AFolderWithNothingOfUse) {
  serve();
  EXPECT_THAT(run({{"endpoint", "http://elsewhere.invalid"}}, "store.url").open_error(url("/org/none/")),
              HasSubstr("shows no index page and has none of the usual files"));
}

TEST_F(UrlStore, ThePageOfAModelOnTheHubIsTheModel) {
  write_text(served / "org/a@dev" / "config.json", "{}");
  serve();
  run({}, "store.url").open(url("/org/a"));
  EXPECT_EQ(store->described_text("uri"), "hf://org/a@main");
  store->open(url("/org/a/tree/dev"));
  EXPECT_THAT(store->files(), ElementsAre("config.json"));
}

TEST_F(UrlStore, ThePageOfAFileOnTheHubIsTheFile) {
  serve();
  run({}, "store.url").open(url("/org/a/blob/main/" + shard_name(2, 5)));
  EXPECT_TRUE(store->read(shard_name(2, 5), 0, 100).right());
}

TEST_F(UrlStore, QueryAndPasswordAreNotRepeated) {
  serve();
  std::string with_login = url("/org/a/resolve/main/none.gguf?Signature=Secret");
  with_login.insert(7, "me:Secret@");
  run({{"endpoint", "http://elsewhere.invalid"}}, "store.url").open(with_login);
  EXPECT_NE(store->read("none.gguf", 0, 10).status, MS_OK);
  EXPECT_TRUE(hub->log().back().authorization);
  EXPECT_EQ(store->described_text("uri"), url("/org/a/resolve/main/none.gguf"));
  EXPECT_THAT(store->read("none.gguf", 0, 10).error, Not(HasSubstr("Secret")));
}

TEST_F(UrlStore, OfflineIsRefused) {
  serve();
  EXPECT_THAT(run({{"offline", true}}, "store.url").open_error(url("/x.gguf")), HasSubstr("is on the network and this run is offline"));
  EXPECT_EQ(hub->log().size(), 0u);
}

TEST_F(UrlStore, AddressesThatAreNone) {
  serve();
  for (const char* name : {"https://", "ftp://host/x", "https:///x", "http://host:99999/x"}) EXPECT_NE(run({}, "store.url").open_error(name), "") << name;
}

}  // namespace
}  // namespace modelsig::testing
