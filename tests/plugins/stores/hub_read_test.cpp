#include "hub_test.hpp"

namespace modelsig::testing {
namespace {

using ::testing::Contains;
using ::testing::Each;
using ::testing::Field;
using ::testing::HasSubstr;
using ::testing::SizeIs;

class HubRead : public HubTest {};

TEST_F(HubRead, OneRequestTellsCommitNamesAndSizes) {
  serve();
  run().open("org/a");
  EXPECT_EQ(store->files().size(), 7u);
  EXPECT_EQ(store->file_size(shard_name(1, 5)), shard_size);
  EXPECT_EQ(hub->log().size(), 1u);
  EXPECT_EQ(store->described_text("commit").size(), 40u);
  EXPECT_EQ(store->described_text("revision"), "main");
}

TEST_F(HubRead, AllShardsInOneBatchARequestEach) {
  serve();
  run().open("hf://org/a");
  auto reads = all_headers();
  ASSERT_TRUE(store->read(reads)) << store->everything_said();
  for (const Read& read : reads) EXPECT_TRUE(read.right()) << read.file;
  EXPECT_THAT(hub->log_about("/resolve/"), SizeIs(5));
  EXPECT_EQ(store->described("requests"), 6u);
  EXPECT_GE(store->described("bytes"), 5 * header_bytes);
}

TEST_F(HubRead, EveryReadIsPinnedToTheCommit) {
  serve();
  run().open("org/a@main");
  store->read("config.json", 0, 20);
  EXPECT_THAT(hub->log_about("/resolve/"), Each(Field(&Requested::target, HasSubstr(store->described_text("commit")))));
}

TEST_F(HubRead, AnotherRevisionHasOtherFiles) {
  write_text(served / "org/a@dev/v2" / "config.json", "{}");
  serve();
  run().open("org/a@dev");
  EXPECT_THAT(store->files(), ::testing::ElementsAre("v2/config.json"));
}

TEST_F(HubRead, ARangeBeyond4GiB) {
  write_sparse(served / "org/big/model.safetensors", header_bytes, 9'000'000'000);
  serve();
  run().open("org/big");
  const Read read = store->read("model.safetensors", 8'999'999'000, 1000);
  EXPECT_TRUE(read.right()) << read.error;
}

TEST_F(HubRead, AGuessPastTheEndOfTheFileIsCutToIt) {
  serve();
  run().open("org/a");
  const Read read = store->read("config.json", 0, 100'000, true);
  EXPECT_EQ(read.status, MS_OK) << read.error;
  EXPECT_EQ(read.bytes.size(), fs::file_size(served / "org/a/config.json"));
}

TEST_F(HubRead, RedirectsToAnotherOriginAreTheOnlyExtraRequests) {
  serve({"--redirect"});
  run().open("org/a");
  auto reads = all_headers();
  ASSERT_TRUE(store->read(reads)) << store->everything_said();
  EXPECT_TRUE(reads[4].right());
  EXPECT_EQ(hub->log().size(), 1u + 5 + 5);
}

TEST_F(HubRead, AUrlSignedForOneRangeIsAskedForAnewEachTime) {
  serve({"--signed"});
  run().open("org/a");
  EXPECT_TRUE(store->read(shard_name(2, 5), 0, 1000).right());
  EXPECT_TRUE(store->read(shard_name(2, 5), 50'000, 1000).right());
  EXPECT_THAT(hub->log(), Each(Field(&Requested::status, ::testing::Ne(403))));
}

TEST_F(HubRead, ThePagesOfTheTreeAreFollowedWhenTheShortAnswerLacksFiles) {
  serve({"--no-siblings", "--page-size", "2"});
  run().open("org/a");
  EXPECT_EQ(store->files().size(), 7u);
  EXPECT_EQ(store->file_size(shard_name(5, 5)), shard_size);
  EXPECT_EQ(hub->log_about("/tree/").size(), 4u);
}

TEST_F(HubRead, TheTreeIsAskedWhenSizesAreMissingOrItIsWanted) {
  serve({"--no-sizes"});
  run().open("org/a");
  EXPECT_EQ(store->file_size("config.json"), fs::file_size(served / "org/a/config.json"));
  run({{"listing", "tree"}, {"cache", "off"}}).open("org/a");
  EXPECT_EQ(hub->log_about("/tree/").size(), 2u);
}

TEST_F(HubRead, AWholeJsonFileMayComeCompressed) {
  std::string index = R"({"weight_map": {)";
  for (int i = 0; i < 20'000; ++i) index += "\"layers." + std::to_string(i) + ".weight\": \"model.safetensors\",";
  index += R"("last": "x"}})";
  write_text(served / "org/a/model.safetensors.index.json", index);
  serve({"--compress-json"});
  run().open("org/a");
  const Read read = store->read("model.safetensors.index.json", 0, index.size());
  EXPECT_EQ(std::string(read.bytes.begin(), read.bytes.end()), index) << read.error;
  EXPECT_LT(store->described("bytes"), index.size() / 4);
}

TEST_F(HubRead, NamesWithBlanksAndUmlautsAreEncoded) {
  write_text(served / "org/a/text encoder/größe#1?.json", "{\"a\": 1}");
  serve();
  run().open("org/a");
  const Read read = store->read("text encoder/größe#1?.json", 0, 8);
  EXPECT_EQ(std::string(read.bytes.begin(), read.bytes.end()), "{\"a\": 1}") << read.error;
}

TEST_F(HubRead, EndpointFromTheEnvironment) {
  serve();
  run();  // empties the environment
  ::setenv("HF_ENDPOINT", (hub->endpoint() + "/").c_str(), 1);
  StoreRun seen(folder / "home", "store.hub", "", {}, StoreRun::keep_environment);
  seen.open("hub://org/a");
  EXPECT_EQ(hub->log().size(), 1u);
  ::unsetenv("HF_ENDPOINT");
}

TEST_F(HubRead, ConnectionsAreReusedFromBatchToBatch) {
  serve({"--latency", "20"});
  run({{"connections", std::int64_t{2}}}).open("org/a");
  auto reads = all_headers(1000);
  ASSERT_TRUE(store->read(reads));
  EXPECT_EQ(hub->log_about("/resolve/").size(), 5u);
}

}  // namespace
}  // namespace modelsig::testing
