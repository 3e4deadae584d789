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
          std::to_string(max_bytes_), false, true};
}

Failure Budget::time_exceeded(const std::string& doing) const {
  return {MS_UNAVAILABLE, doing + ": this model's " + std::to_string(max_time_.count() / 1000.0).substr(0, 6) +
          " s on the network are used up (option 'total_timeout')", false, true};
}

}  // namespace hub
