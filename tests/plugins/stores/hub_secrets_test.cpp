// The token reaches the endpoint's origin and nothing else.
#include <cstdlib>
#include <fstream>

#include "hub_test.hpp"

namespace modelsig::testing {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

constexpr const char* token = "hf_SecretSecretSecret";

class HubSecrets : public HubTest {
 protected:
  void read_everything() {
    store->open("org/a");
    auto reads = all_headers();
    EXPECT_TRUE(store->read(reads)) << store->everything_said();
  }
};

TEST_F(HubSecrets, TheTokenDoesNotFollowARedirectToAnotherHost) {
  serve({"--signed", "--token", token});
  run({{"token", token}});
  read_everything();
  int cdn = 0;
  for (const Requested& request : hub->log()) {
    EXPECT_EQ(request.authorization, request.origin == "hub") << request.target;
    EXPECT_FALSE(request.about("Secret")) << request.target;
    cdn += request.origin == "cdn";
  }
  EXPECT_EQ(cdn, 5);
}

TEST_F(HubSecrets, TheTokenIsInNoLogReportErrorOrCache) {
  serve({"--token", token, "--errors", "2"});
  run({{"token", token}});
  read_everything();
  store->open_error("org/none");
  EXPECT_THAT(store->everything_said(), Not(HasSubstr("Secret")));
  EXPECT_THAT(all_bytes(folder / "home"), Not(HasSubstr("Secret")));
  EXPECT_THAT(all_bytes(folder / "home"), HasSubstr("listing"));  // it did look at the cache
}

TEST_F(HubSecrets, ASignatureOfAUrlIsNotRepeated) {
  serve({"--signed", "--drop-after", "0"});
  run({{"retries", std::int64_t{0}}}).open("org/a");
  auto reads = all_headers();
  EXPECT_FALSE(store->read(reads));
  EXPECT_THAT(store->everything_said(), Not(HasSubstr("Signature")));
}

TEST_F(HubSecrets, TokensFromTheEnvironmentAndTheLoginFile) {
  serve({"--token", token});
  const auto opens = [&](const char* name, const std::string& value) {
    StoreRun isolated(folder / "home", "store.hub", hub->endpoint());  // empties the environment
    ::setenv(name, value.c_str(), 1);
    Options options;
    options["endpoint"] = hub->endpoint();
    StoreRun seen(folder / "home", "store.hub", hub->endpoint(), options, StoreRun::keep_environment);
    ::unsetenv(name);
    return seen.open_error("org/a");
  };
  EXPECT_EQ(opens("HF_TOKEN", token), "");
  EXPECT_EQ(opens("HUGGING_FACE_HUB_TOKEN", token), "");
  write_text(folder / "my-token", std::string(token) + "\n");
  EXPECT_EQ(opens("HF_TOKEN_PATH", (folder / "my-token").string()), "");
  EXPECT_NE(opens("HF_TOKEN", "hf_wrong"), "");
  write_text(folder / "home/hf/token", std::string(token) + "\n");
  EXPECT_EQ(opens("UNRELATED", "x"), "");
  EXPECT_NE(opens("HF_HUB_DISABLE_IMPLICIT_TOKEN", "1"), "");
}

}  // namespace
}  // namespace modelsig::testing
