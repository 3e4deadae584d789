// What a hub refuses, each with its own sentence that says what to do next.
#include <chrono>

#include "hub_test.hpp"

namespace modelsig::testing {
namespace {

using ::testing::HasSubstr;

class HubRefusals : public HubTest {};

TEST_F(HubRefusals, UnknownRepositoryAsAnonymous) {
  serve();
  EXPECT_THAT(run().open_error("org/none"), HasSubstr("org/none does not exist on http://127.0.0.1:"));
  EXPECT_THAT(run().open_error("org/none"), HasSubstr("or it is private: check the spelling, or give a token (--token, HF_TOKEN)"));
}

TEST_F(HubRefusals, UnknownRepositoryWithToken) {
  serve();
  EXPECT_THAT(run({{"token", "hf_x"}}).open_error("org/none"), HasSubstr("does not exist on http://127.0.0.1:"));
}

TEST_F(HubRefusals, MissingRevision) {
  serve();
  EXPECT_THAT(run().open_error("org/a@v9"), HasSubstr("org/a has no revision 'v9': give a branch, tag or commit"));
}

TEST_F(HubRefusals, Gated) {
  serve({"--gated"});
  run().open("org/a");  // the list is public, the files are not
  EXPECT_EQ(store->described_text("gated"), "auto");
  auto reads = all_headers();
  EXPECT_FALSE(store->read(reads));
  EXPECT_EQ(reads[0].status, MS_DENIED);
  EXPECT_THAT(reads[0].error, HasSubstr("org/a is gated: accept its terms at http://127.0.0.1:"));
  run({{"token", "hf_other"}, {"cache", "off"}}).open("org/a");
  EXPECT_THAT(store->read("config.json", 0, 2).error, HasSubstr("the account of this token has no access yet"));
}

TEST_F(HubRefusals, AfterOneRefusalTheRestIsNotAskedFor) {
  serve({"--gated"});
  run({{"connections", std::int64_t{1}}}).open("org/a");
  auto reads = all_headers();
  EXPECT_FALSE(store->read(reads));
  EXPECT_EQ(reads[4].status, MS_DENIED);
  EXPECT_EQ(hub->log_about("/resolve/").size(), 1u);
}

TEST_F(HubRefusals, Disabled) {
  serve({"--disabled"});
  EXPECT_THAT(run().open_error("org/a"), HasSubstr("org/a is disabled by the hub or its owner"));
}

TEST_F(HubRefusals, TokenRequired) {
  serve({"--token", "hf_right"});
  EXPECT_THAT(run().open_error("org/a"), HasSubstr("or it is private"));
  EXPECT_THAT(run({{"token", "hf_wrong"}}).open_error("org/a"), HasSubstr("the hub does not accept the token"));
  run({{"token", "hf_right"}}).open("org/a");
  EXPECT_TRUE(store->read(shard_name(1, 5), 0, 100).right());
}

TEST_F(HubRefusals, Renamed) {
  serve({"--renamed", "old/name=org/a"});
  EXPECT_THAT(run().open_error("old/name"), HasSubstr("old/name is called org/a now: use that name"));
  run({{"follow_renamed", true}}).open("old/name");
  EXPECT_TRUE(store->read(shard_name(1, 5), 0, 100).right());
  EXPECT_THAT(store->everything_said(), HasSubstr("old/name is called org/a now, read under that name"));
}

TEST_F(HubRefusals, EndpointThatIsNoHub) {
  serve({"--html", "--only", "/api/"});
  EXPECT_THAT(run().open_error("org/a"), HasSubstr("answers with an HTML page, not with JSON"));
}

TEST_F(HubRefusals, NobodyListens) {
  const auto begin = std::chrono::steady_clock::now();
  EXPECT_THAT(run().open_error("org/a"), HasSubstr("127.0.0.1:9 cannot be reached"));
  EXPECT_LT(std::chrono::steady_clock::now() - begin, std::chrono::seconds(2));
}

TEST_F(HubRefusals, NamesThatNoHubHas) {
  serve();
  for (const char* name : {"a/b/c", "org/..", "../x", "org/a b", "org/a@", "org/a@../x", "org/a@/etc", "/a", ""})
    EXPECT_NE(run().open_error(name), "") << name;
  EXPECT_EQ(hub->log().size(), 0u);
}

TEST_F(HubRefusals, TokenWithALineEndInTheMiddle) {
  try {
    run({{"token", "hf_a\r\nX-Evil: 1"}});
    FAIL();
  } catch (const std::exception& error) {
    EXPECT_THAT(error.what(), HasSubstr("the token in the option 'token' has characters that no token has"));
    EXPECT_THAT(error.what(), ::testing::Not(HasSubstr("hf_a")));
  }
}

}  // namespace
}  // namespace modelsig::testing
