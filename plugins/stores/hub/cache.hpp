// Our own cache of metadata: the ranges that were read, by endpoint + repository + commit + file + range.
// A commit never changes, so nothing in it goes stale; only "main is commit X" does, and that is asked anew.
//
//     DIR/models/<hash of endpoint, id, commit>/<hash of file>-<first>-<end>   a range
//     DIR/models/<...>/listing                                               names and sizes
//     DIR/refs/<hash of endpoint, id, revision>                              commit, for offline runs
//
// Many processes may use it at once. Bounded: whole models go, the ones not used for longest first.
#pragma once
#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "listing.hpp"

namespace hub {

class ModelCache {
 public:
  ModelCache() = default;  // switched off: everything is a miss
  ModelCache(std::filesystem::path folder, std::string key);

  // Bytes [offset, offset + size) of the file; they may lie in a longer range that was read before.
  bool read(std::string_view file, std::uint64_t offset, std::uint64_t size, std::uint8_t* into) const;
  void write(std::string_view file, std::uint64_t offset, const std::uint8_t* bytes, std::uint64_t size);

  std::optional<Listing> listing(const std::string& commit) const;
  void write_listing(const Listing& listing);

  bool written() const { return written_; }
  const std::filesystem::path& folder() const { return folder_; }

 private:
  struct Range { std::uint64_t file, first, end; };
  std::string range_key(std::string_view file, std::uint64_t first, std::uint64_t end) const;
  std::filesystem::path range_path(const Range& range) const;
  bool prepare();

  std::filesystem::path folder_;
  std::string key_;
  std::vector<Range> ranges_;
  bool written_ = false;
};

class Cache {
 public:
  Cache(std::filesystem::path folder, std::uint64_t limit) : folder_(std::move(folder)), limit_(limit) {}

  ModelCache model(const std::string& endpoint, const std::string& id, const std::string& commit) const;
  std::optional<std::string> commit(const std::string& endpoint, const std::string& id, const std::string& revision) const;
  void remember(const std::string& endpoint, const std::string& id, const std::string& revision, const std::string& commit) const;
  void trim(const std::filesystem::path& keep) const;
  const std::filesystem::path& folder() const { return folder_; }

 private:
  const std::filesystem::path folder_;  // empty: switched off
  const std::uint64_t limit_;
};

}  // namespace hub
