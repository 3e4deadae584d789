// The parts of the hub store that need no server: literal input above, expectation below.
#include <gmock/gmock.h>

#include <modelsig/error.hpp>

#include "plugins/stores/hub/folder_index.hpp"
#include "plugins/stores/hub/headers.hpp"
#include "plugins/stores/hub/listing.hpp"
#include "plugins/stores/hub/repo_name.hpp"
#include "plugins/stores/hub/retry.hpp"

namespace hub {
namespace {

using ::testing::HasSubstr;

Head answer(std::initializer_list<std::string_view> lines) {
  Head head;
  for (const auto line : lines) head.headers.add_line(line);
  return head;
}

template <class Body>
std::string error(Body body) {
  try { body(); } catch (const ms::Error& e) { return e.what(); }
  return "";
}

TEST(ContentRangeHeader, WithAndWithoutTotal) {
  const auto known = content_range("bytes 0-99/12345"), unknown = content_range("bytes 5-5/*"), none = content_range("bytes */777");
  EXPECT_EQ(known->total, 12345u);
  EXPECT_EQ(known->last, 99u);
  EXPECT_EQ(unknown->total, std::nullopt);
  EXPECT_EQ(none->first, std::nullopt);
  EXPECT_EQ(none->total, 777u);
}

TEST(ContentRangeHeader, Nonsense) {
  for (const char* text : {"", "bytes", "bytes 9-3/10", "items 0-1/2", "bytes a-b/c", "bytes 0-1", "bytes -1/2", "bytes 99999999999999999999-1/2"})
    EXPECT_FALSE(content_range(text)) << text;
}

TEST(Pause, RetryAfterInSecondsAndAsADate) {
  EXPECT_EQ(asked_pause(answer({"Retry-After: 7\r\n"})), std::chrono::seconds(7));
  EXPECT_EQ(asked_pause(answer({"Retry-After: Wed, 21 Oct 2015 07:28:00 GMT\r\n"})), std::chrono::seconds(0));
  EXPECT_EQ(asked_pause(answer({"Retry-After: soon\r\n"})), std::nullopt);
}

TEST(Pause, RateLimitOfTheHubAndOfTheDraftBeforeIt) {
  EXPECT_EQ(asked_pause(answer({"RateLimit: \"resolvers\";r=0;t=212\r\n"})), std::chrono::seconds(212));
  EXPECT_EQ(asked_pause(answer({"ratelimit: limit=100, remaining=0, reset=50\r\n"})), std::chrono::seconds(50));
  EXPECT_EQ(asked_pause(answer({"RateLimit: \"api\";r=12;t=212\r\n"})), std::nullopt);
}

TEST(LinkHeader, TheNextPageAmongOthers) {
  EXPECT_EQ(next_page("<https://h/a?c=1>; rel=\"prev\", <https://h/a?c=3>; rel=\"next\""), "https://h/a?c=3");
  EXPECT_EQ(next_page("<https://h/a?c=1>; rel=\"last\""), std::nullopt);
  EXPECT_EQ(next_page("<unclosed"), std::nullopt);
}

TEST(Statuses, ThoseWorthATry) {
  for (int status : {408, 425, 429, 500, 502, 503, 504}) EXPECT_TRUE(worth_retrying(status)) << status;
  for (int status : {400, 401, 403, 404, 416, 501, 505}) EXPECT_FALSE(worth_retrying(status)) << status;
}

TEST(Name, WithAndWithoutSchemeAndRevision) {
  EXPECT_EQ(RepoName::parse("hf://org/name@refs/pr/1").revision, "refs/pr/1");
  EXPECT_EQ(RepoName::parse("gpt2").id, "gpt2");
  EXPECT_EQ(RepoName::parse("hub://models/org/name").id, "org/name");
  const Url endpoint = Url::parse("https://hub.example/mirror");
  EXPECT_EQ(RepoName::parse("o/n@refs/pr/1").model(endpoint).text, "https://hub.example/mirror/api/models/o/n/revision/refs%2Fpr%2F1?blobs=true");
  EXPECT_EQ(RepoName::parse("o/n").file(endpoint, "c", "a b/#.json").text, "https://hub.example/mirror/o/n/resolve/c/a%20b/%23.json");
}

TEST(Address, APasswordIsTakenOutAndAQueryNotShown) {
  const Url url = Url::parse("https://me:pa%20ss@host:8443/x?sig=1#f");
  EXPECT_EQ(url.text, "https://host:8443/x?sig=1");
  EXPECT_EQ(url.userinfo, "me:pa ss");
  EXPECT_EQ(url.shown(), "https://host:8443/x");
  EXPECT_EQ(Url::parse("https://host/a").origin, Url::parse("https://host:443/b").origin);
  EXPECT_NE(Url::parse("https://host/a").origin, Url::parse("http://host/a").origin);
  EXPECT_THAT(error([] { Url::parse("https://me:secret@ho st/x?sig=secret"); }), ::testing::Not(HasSubstr("secret")));
}

TEST(ModelAnswer, Complete) {
  const Listing listing = parse_model(R"({"id": "o/n", "sha": "0123456789abcdef0123456789abcdef01234567", "gated": "manual",
    "siblings": [{"rfilename": "a", "size": 1}, {"rfilename": "b/c", "lfs": {"size": 5000000000}}]})", "the file list");
  EXPECT_TRUE(listing.complete);
  EXPECT_EQ(listing.files[1].size, 5'000'000'000u);
  EXPECT_EQ(listing.gated, "manual");
}

TEST(ModelAnswer, WithoutASizeItIsNotComplete) {
  EXPECT_FALSE(parse_model(R"({"sha": "0123456789abcdef0123456789abcdef01234567", "siblings": [{"rfilename": "a"}]})", "x").complete);
  EXPECT_FALSE(parse_model(R"({"sha": "0123456789abcdef0123456789abcdef01234567"})", "x").complete);
}

TEST(ModelAnswer, Hostile) {
  EXPECT_THAT(error([] { parse_model("<html>", "the list"); }), HasSubstr("the list is not JSON"));
  EXPECT_THAT(error([] { parse_model("[]", "the list"); }), HasSubstr("is not an object"));
  EXPECT_THAT(error([] { parse_model(R"({"sha": "../x"})", "the list"); }), HasSubstr("expected 40 hex digits"));
  for (const char* name : {"../x", "/etc/passwd", "a//b", "a/./b", "a\\\\b", "a\\nb", ""})
    EXPECT_THAT(error([&] { parse_model(std::string(R"({"siblings": [{"rfilename": ")") + name + R"(", "size": 1}]})", "the list"); }),
                HasSubstr("no relative path")) << name;
  EXPECT_NE(error([] { parse_model(std::string(1'000'000, '['), "the list"); }), "");
}

TEST(IndexPage, LinksOfThisFolderOnly) {
  const Url folder = Url::parse("http://h/m/");
  const auto files = parse_index(R"(<a href="../">up</a> <a href="?C=M">sort</a> <a href="a%20b.gguf">x</a> <a href='/m/c.json'>y</a>
    <a href="/other/d">n</a> <a href="http://evil/m/e">n</a> <a href="sub/">n</a> <a href="a%20b.gguf">again</a> <a href="%2e%2e%2fx">n</a>)", folder);
  ASSERT_EQ(files.size(), 2u);
  EXPECT_EQ(files[0].name, "a b.gguf");
  EXPECT_EQ(files[1].name, "c.json");
}

}  // namespace
}  // namespace hub
