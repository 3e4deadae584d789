#include "retry.hpp"

#include <algorithm>

#include "limits.hpp"

namespace hub {
namespace {
constexpr int tries_of_a_stranger = 2;
}

bool worth_retrying(int status) {
  return status == 408 || status == 425 || status == 429 || (status >= 500 && status != 501 && status != 505);
}

int Retry::allowed(bool has_answered) const { return has_answered ? settings_.retries : std::min(settings_.retries, tries_of_a_stranger); }

std::chrono::milliseconds Retry::delay(int failed) {
  const auto cap = std::max(limits::backoff_cap, settings_.backoff).count();
  const auto full = std::min<std::int64_t>(cap, settings_.backoff.count() << std::min(failed, 16));
  return std::chrono::milliseconds(full <= 1 ? full : std::uniform_int_distribution<std::int64_t>(full / 2, full)(random_));
}

}  // namespace hub
