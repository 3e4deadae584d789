// What one model may cost, and what it has cost: requests, bytes, time on the network.
#pragma once
#include <atomic>
#include <chrono>
#include <cstdint>
#include <optional>

#include "failure.hpp"
#include "settings.hpp"

namespace hub {

class Budget {
 public:
  explicit Budget(const Settings& settings)
      : max_requests_(settings.max_requests), max_bytes_(settings.max_bytes), max_time_(settings.total_timeout) {}

  // Before a request of `bytes` (0: unknown). Counts the request if it may go.
  std::optional<Failure> spend_request(std::uint64_t bytes);
  bool spend_bytes(std::uint64_t bytes) { return (bytes_ += bytes) <= max_bytes_; }
  void correct_bytes(std::int64_t by) { bytes_ += static_cast<std::uint64_t>(by); }  // a body that came compressed
  void spend_time(std::chrono::milliseconds time) { time_ += time.count(); }

  Failure bytes_exceeded() const;
  Failure time_exceeded() const;
  std::chrono::milliseconds time_left() const { return max_time_ - std::chrono::milliseconds(time_); }
  std::uint64_t requests() const { return requests_; }
  std::uint64_t bytes() const { return bytes_; }
  std::uint64_t unreported_bytes();  // since it was last called; for the progress line

 private:
  const std::uint64_t max_requests_, max_bytes_;
  const std::chrono::milliseconds max_time_;
  std::atomic<std::uint64_t> requests_{0}, bytes_{0}, reported_{0};
  std::atomic<std::int64_t> time_{0};
};

}  // namespace hub
