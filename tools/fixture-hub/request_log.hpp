// One JSON line a request, written before its answer goes out: what tests assert on.
#pragma once
#include <chrono>
#include <cstdint>
#include <filesystem>
#include <fstream>
#include <mutex>

#include "reply.hpp"

namespace fixture {

class RequestLog {
 public:
  explicit RequestLog(const std::filesystem::path& path);
  void add(const Request& request, int status, std::uint64_t body_bytes, bool whole);

 private:
  std::mutex lock_;
  std::ofstream file_;
  std::uint64_t number_ = 0;
  std::chrono::steady_clock::time_point begin_ = std::chrono::steady_clock::now();
};

}  // namespace fixture
