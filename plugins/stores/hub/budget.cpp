#include "budget.hpp"

#include <string>

namespace hub {

std::optional<Failure> Budget::spend_request(std::uint64_t bytes) {
  if (requests_ >= max_requests_)
    return Failure{MS_LIMIT, "this model has cost " + std::to_string(requests_) + " requests, the limit of option 'max_requests' is " +
                   std::to_string(max_requests_) + ": raise it if the model really has that many files", false, true};
  const std::uint64_t used = bytes_;
  if (bytes > max_bytes_ || used > max_bytes_ - bytes)
    return Failure{MS_LIMIT, "a read of " + std::to_string(bytes) + " bytes on top of " + std::to_string(used) +
                   " goes beyond option 'max_bytes', " + std::to_string(max_bytes_) + ": raise it if metadata is really that large", false, true};
  ++requests_;
  return std::nullopt;
}

Failure Budget::bytes_exceeded() const {
  return {MS_LIMIT, "the server has sent " + std::to_string(bytes_) + " bytes for this model, the limit of option 'max_bytes' is " +
          std::to_string(max_bytes_) + ": raise it if metadata is really that large", false, true};
}

Failure Budget::time_exceeded() const {
  const auto tenths = max_time_.count() / 100;
  return {MS_UNAVAILABLE, "this model's " + std::to_string(tenths / 10) + "." + std::to_string(tenths % 10) +
          " s on the network are used up (option 'total_timeout'): run again later, or raise it", false, true};
}

std::uint64_t Budget::unreported_bytes() {
  const std::uint64_t now = bytes_;
  std::uint64_t before = reported_;
  return now > before && reported_.compare_exchange_strong(before, now) ? now - before : 0;
}

}  // namespace hub
