// What networks and servers do: every switch of the fixture hub.
#include <chrono>
#include <thread>

#include "hub_test.hpp"

namespace modelsig::testing {
namespace {

using namespace std::chrono_literals;
using ::testing::HasSubstr;
using Clock = std::chrono::steady_clock;

class HubFaults : public HubTest {
 protected:
  // the outcome of reading a sample range under the switches
  Read under(std::vector<std::string> switches, Options options = {}, std::uint64_t offset = 0, std::uint64_t size = 50'000) {
    serve(std::move(switches));
    run(std::move(options)).open("org/a");
    return store->read(shard_name(3, 5), offset, size);
  }
};

TEST_F(HubFaults, RangeIgnoredIsCutOffBehindTheWantedBytes) {
  const Read read = under({"--ignore-range"});
  EXPECT_TRUE(read.right()) << read.error;
  EXPECT_LT(store->described("bytes"), 2'000'000u);  // of 3 GB: what was in the socket's buffers
}

TEST_F(HubFaults, RangeIgnoredIsReadPastWhatIsNotWanted) { EXPECT_TRUE(under({"--ignore-range"}, {}, 60'000, 30'000).right()); }

TEST_F(HubFaults, RangeIgnoredIsRefusedWhereTooMuchWouldHaveToBeSkipped) {
  const Read read = under({"--ignore-range"}, {}, 2'000'000'000, 100);
  EXPECT_EQ(read.status, MS_UNSUPPORTED);
  EXPECT_THAT(read.error, HasSubstr("ignores Range (200 instead of 206) and would send 2000000000 bytes before the wanted ones, the limit is 16777216"));
}

TEST_F(HubFaults, WrongContentRange) {
  const Read read = under({"--wrong-content-range"}, {{"retries", std::int64_t{1}}});
  EXPECT_EQ(read.status, MS_DATA_LOSS);
  EXPECT_THAT(read.error, HasSubstr("asked for bytes 0-49999, the server sends 'bytes 1-50000/3000000000': run again, or download the model "
                                    "and give its folder; tried 2 times"));
}

TEST_F(HubFaults, WrongContentRangeOnceIsAskedAgain) { EXPECT_TRUE(under({"--wrong-content-range", "--times", "1"}).right()); }

TEST_F(HubFaults, SizeThatDiffersFromTheListing) {
  const Read read = under({"--wrong-size"});
  EXPECT_EQ(read.status, MS_DATA_LOSS);
  EXPECT_THAT(read.error, HasSubstr("has 3000004096 bytes, but 3000000000 were announced before"));
}

TEST_F(HubFaults, EtagThatChangesMidWay) {
  EXPECT_TRUE(under({"--etag-change"}).right());
  const Read read = store->read(shard_name(3, 5), 60'000, 1000);
  EXPECT_EQ(read.status, MS_DATA_LOSS);
  EXPECT_THAT(read.error, HasSubstr("changed while it was being read (ETag \"1\", now \"2\"): run again"));
}

TEST_F(HubFaults, CommitThatChangesMidWay) {
  const Read read = under({"--commit-change"});
  EXPECT_EQ(read.status, MS_DATA_LOSS);
  EXPECT_THAT(read.error, HasSubstr("comes from commit"));
}

TEST_F(HubFaults, CompressedRange) {
  const Read read = under({"--gzip"});
  EXPECT_EQ(read.status, MS_DATA_LOSS);
  EXPECT_THAT(read.error, HasSubstr("compresses a byte range (Content-Encoding: gzip)"));
}

TEST_F(HubFaults, LoginPageInsteadOfTheFile) {
  const Read read = under({"--html"});
  EXPECT_EQ(read.status, MS_DENIED);
  EXPECT_THAT(read.error, HasSubstr("an HTML page, not with the file"));
}

TEST_F(HubFaults, LfsPointerInsteadOfTheFile) {
  const Read read = under({"--pointer"});
  EXPECT_EQ(read.status, MS_DATA_LOSS);
  EXPECT_THAT(read.error, HasSubstr("is a git-LFS pointer"));
}

TEST_F(HubFaults, ADroppedConnectionIsTakenUpWhereItBroke) {
  const Read read = under({"--drop-after", "20000"});
  EXPECT_TRUE(read.right()) << read.error;
  const auto requests = hub->log_about("/resolve/");
  ASSERT_EQ(requests.size(), 3u);
  EXPECT_EQ(requests[1].range, "bytes=20000-49999");
}

TEST_F(HubFaults, AConnectionThatNeverBringsAByte) {
  const Read read = under({"--drop-after", "0"}, {{"retries", std::int64_t{2}}});
  EXPECT_EQ(read.status, MS_UNAVAILABLE);
  EXPECT_THAT(read.error, HasSubstr("tried 3 times"));
}

TEST_F(HubFaults, AStallEndsWithTheTimeoutAndIsTriedAgain) {
  const Read read = under({"--stall-after", "1000", "--times", "1"}, {{"timeout", 0.3}});
  EXPECT_TRUE(read.right()) << read.error;
}

TEST_F(HubFaults, AServerThatNeverAnswersCostsTheTimeoutAndNoMore) {
  const auto begin = Clock::now();
  const Read read = under({"--stall-head"}, {{"timeout", 0.3}, {"retries", std::int64_t{1}}});
  EXPECT_EQ(read.status, MS_UNAVAILABLE);
  EXPECT_THAT(read.error, HasSubstr("no byte from 127.0.0.1 for 0.3 s (option 'timeout'): run again later, or raise it; tried 2 times"));
  EXPECT_LT(Clock::now() - begin, 3s);
}

TEST_F(HubFaults, AServerThatFellSilentIsAStrangerAgain) {
  EXPECT_THAT(under({"--stall-head"}, {{"timeout", 0.1}}).error, HasSubstr("tried 6 times"));
  EXPECT_THAT(store->read(shard_name(4, 5), 0, 100).error, HasSubstr("tried 3 times"));
}

TEST_F(HubFaults, TotalTimeIsBounded) {
  const auto begin = Clock::now();
  const Read read = under({"--stall-head"}, {{"timeout", 0.2}, {"retries", std::int64_t{100}}, {"total_timeout", 1.0}});
  EXPECT_EQ(read.status, MS_UNAVAILABLE);
  EXPECT_THAT(read.error, HasSubstr("this model's 1.0 s on the network are used up (option 'total_timeout')"));
  EXPECT_LT(Clock::now() - begin, 3s);
}

TEST_F(HubFaults, BurstOf5xx) {
  EXPECT_TRUE(under({"--errors", "3"}).right());
  const Read read = under({"--errors", "1000", "--only", "/resolve/", "--error-status", "502"}, {{"retries", std::int64_t{2}}, {"cache", "off"}});
  EXPECT_EQ(read.status, MS_UNAVAILABLE);
  EXPECT_THAT(read.error, HasSubstr("the server answers 502"));
}

TEST_F(HubFaults, NotEvery5xxIsWorthATry) {
  const Read read = under({"--errors", "1000", "--only", "/resolve/", "--error-status", "501"});
  EXPECT_EQ(read.status, MS_UNAVAILABLE);
  EXPECT_EQ(hub->log_about("/resolve/").size(), 1u);
}

TEST_F(HubFaults, RetryAfterIsWaitedOut) {
  const auto begin = Clock::now();
  EXPECT_TRUE(under({"--busy", "1", "--only", "/resolve/", "--retry-after", "1"}).right());
  EXPECT_GE(Clock::now() - begin, 1s);
}

TEST_F(HubFaults, RateLimitIsWaitedOutByAllRequests) {
  serve({"--busy", "1", "--only", "/resolve/", "--rate-limit", "\"resolvers\";r=0;t=1"});
  run({{"connections", std::int64_t{1}}}).open("org/a");
  auto reads = all_headers();
  const auto begin = Clock::now();
  EXPECT_TRUE(store->read(reads)) << store->everything_said();
  EXPECT_GE(Clock::now() - begin, 1s);
  EXPECT_EQ(hub->log_about("/resolve/").size(), 6u);  // nobody else ran into the 429
}

TEST_F(HubFaults, APauseThatIsTooLongIsNamed) {
  const Read read = under({"--busy", "9", "--only", "/resolve/", "--rate-limit", "\"resolvers\";r=0;t=212"}, {{"max_pause", 5.0}});
  EXPECT_EQ(read.status, MS_UNAVAILABLE);
  EXPECT_THAT(read.error, HasSubstr("asks for a pause of 21"));
  EXPECT_THAT(read.error, HasSubstr("option 'max_pause' waits 5.0 s"));
  EXPECT_EQ(hub->log_about("/resolve/").size(), 1u);
}

TEST_F(HubFaults, TheLastRequestOfAWindowIsFollowedByAPause) {
  serve({"--good-rate-limit", "\"resolvers\";r=0;t=1"});
  run().open("org/a");
  EXPECT_TRUE(store->read(shard_name(1, 5), 0, 100).right());
  const auto begin = Clock::now();
  EXPECT_TRUE(store->read(shard_name(2, 5), 0, 100).right());
  EXPECT_GE(Clock::now() - begin, 800ms);
}

TEST_F(HubFaults, RedirectsWithoutEnd) {
  const Read read = under({"--redirect", "--redirect-loop"});
  EXPECT_EQ(read.status, MS_DATA_LOSS);
  EXPECT_THAT(read.error, HasSubstr("more than 8 redirects"));
}

TEST_F(HubFaults, ABadShardDoesNotSpoilTheOthers) {
  serve({"--html", "--only", "model-00002"});
  run().open("org/a");
  auto reads = all_headers();
  EXPECT_FALSE(store->read(reads));
  for (std::size_t i = 0; i < reads.size(); ++i) EXPECT_EQ(reads[i].right(), i != 1) << reads[i].error;
}

TEST_F(HubFaults, BudgetOfBytes) {
  const Read read = under({}, {{"max_bytes", std::int64_t{40'000}}});
  EXPECT_EQ(read.status, MS_LIMIT);
  EXPECT_THAT(read.error, HasSubstr("option 'max_bytes', 40000"));
}

TEST_F(HubFaults, BudgetOfRequests) {
  serve();
  run({{"max_requests", std::int64_t{3}}}).open("org/a");
  auto reads = all_headers(100);
  EXPECT_FALSE(store->read(reads));
  EXPECT_EQ(reads[4].status, MS_LIMIT);
  EXPECT_EQ(hub->log().size(), 3u);
}

TEST_F(HubFaults, CancellingStopsAtOnce) {
  serve({"--stall-head"});
  run({{"timeout", 60.0}}).open("org/a");
  std::thread ctrl_c([&] {
    std::this_thread::sleep_for(200ms);
    store->stop = true;
  });
  const auto begin = Clock::now();
  const Read read = store->read(shard_name(1, 5), 0, 100);
  ctrl_c.join();
  EXPECT_EQ(read.status, MS_CANCELLED);
  EXPECT_LT(Clock::now() - begin, 200ms + 300ms);
}

}  // namespace
}  // namespace modelsig::testing
