// What the user asked for: the options of plugin.toml over the environment.
#pragma once
#include <chrono>
#include <cstdint>
#include <filesystem>
#include <modelsig/node.hpp>
#include <string>

#include "url.hpp"

namespace hub {

struct Settings {
  explicit Settings(ms::Node options);

  Url endpoint;
  std::string token;
  std::string ca_file;
  std::chrono::milliseconds timeout, total_timeout, backoff, max_pause;
  int retries, connections;
  std::uint64_t max_bytes, max_requests, cache_limit;
  bool offline, tree_listing, follow_renamed;
  std::filesystem::path cache, hub_cache;  // empty: switched off
};

}  // namespace hub
