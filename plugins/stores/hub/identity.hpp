// Is it still the same file? Its size and ETag as first seen; every later answer must agree.
#pragma once
#include <cstdint>
#include <map>
#include <mutex>
#include <optional>
#include <string>

#include "headers.hpp"

namespace hub {

class Identity {
 public:
  explicit Identity(std::optional<std::uint64_t> size = std::nullopt) : size_(size) {}

  std::optional<std::uint64_t> size() const;
  // "" if it agrees, else what differs. The first answer counts where nothing was known.
  std::string check_size(std::uint64_t size);
  // ETags are compared host by host: a CDN has its own.
  std::string check_etag(const std::string& host, const Headers& headers);

 private:
  mutable std::mutex lock_;
  std::optional<std::uint64_t> size_;
  std::map<std::string, std::string> etags_;
};

}  // namespace hub
