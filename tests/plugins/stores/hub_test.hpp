// A served tree with org/a (5 shards), a fixture hub with the switches of the test, and runs against it.
#pragma once
#include <gmock/gmock.h>

#include <optional>

#include "fixture_hub.hpp"
#include "store_run.hpp"

namespace modelsig::testing {

class HubTest : public ::testing::Test {
 protected:
  static constexpr int shards = 5;

  HubTest() { write_model(served, "org/a", shards); }

  FixtureHub& serve(std::vector<std::string> switches = {}) { return hub.emplace(served, folder / "requests.jsonl", std::move(switches)); }
  // the store of a new process, so to say
  StoreRun& run(Options options = {}, const std::string& role = "store.hub") {
    return store.emplace(folder / "home", role, hub ? hub->endpoint() : "http://127.0.0.1:9", std::move(options));
  }
  std::vector<Read> all_headers(std::uint64_t size = header_bytes) {
    std::vector<Read> out;
    for (int i = 1; i <= shards; ++i) out.push_back({shard_name(i, shards), 0, size});
    return out;
  }

  TempFolder folder;
  fs::path served = folder / "served";
  std::optional<FixtureHub> hub;
  std::optional<StoreRun> store;
};

}  // namespace modelsig::testing
