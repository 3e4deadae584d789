// When to try again: exponential back-off with jitter, or the time the server names.
#pragma once
#include <chrono>
#include <random>

#include "headers.hpp"
#include "settings.hpp"

namespace hub {

bool worth_retrying(int status);  // 408, 425, 429 and 5xx, but not 501 and 505: those stay as they are

class Retry {
 public:
  explicit Retry(const Settings& settings) : settings_(settings), random_(std::random_device{}()) {}
  // A server that has never answered is given fewer tries: it is more likely not there than busy.
  int allowed(bool has_answered) const;
  // Half to all of base * 2^failed: many clients that fail together must not come back together.
  std::chrono::milliseconds delay(int failed);

 private:
  const Settings& settings_;
  std::minstd_rand random_;
};

}  // namespace hub
