#include "identity.hpp"

namespace hub {

std::optional<std::uint64_t> Identity::size() const {
  const std::lock_guard guard(lock_);
  return size_;
}

std::string Identity::check_size(std::uint64_t size) {
  const std::lock_guard guard(lock_);
  if (!size_) size_ = size;
  if (*size_ == size) return {};
  return "has " + std::to_string(size) + " bytes, but " + std::to_string(*size_) + " were announced before";
}

std::string Identity::check_etag(const std::string& host, const Headers& headers) {
  if (!headers.get("content-encoding").empty()) return {};  // of the compressed form: another ETag by right
  std::string etag(headers.get("etag"));
  if (etag.rfind("W/", 0) == 0) etag.erase(0, 2);  // weak or strong may differ between a range and the whole
  if (etag.empty() || etag.size() > 256) return {};
  const std::lock_guard guard(lock_);
  const auto [known, first] = etags_.try_emplace(host, etag);
  if (first || known->second == etag) return {};
  return "changed while it was being read (ETag " + known->second + ", now " + etag + "): run again";
}

}  // namespace hub
