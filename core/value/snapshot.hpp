// What earlier runs worked out from texts that are the same now: parsed TOML files, rule sets, the patterns that a name matches.
// One file in the user's cache (snapshot_file.hpp), an entry a key. A key is a hash of all that the entry was worked out from, this
// program's own file too, so an entry can't be out of date. Never needed: without the file, or with a damaged one, everything is worked out again.
// Rejected: times of files as keys.
#pragma once
#include <cstdint>
#include <filesystem>
#include <map>
#include <mutex>
#include <optional>
#include <set>
#include <string>
#include <string_view>

#include "core/value/snapshot_file.hpp"

namespace modelsig {

class Snapshot {
 public:
  static constexpr std::size_t kMaxBytes = 8u << 20;  // above: only what this run asked for stays

  // `file` need not be there. Becomes the one that current() gives out until it is destroyed.
  explicit Snapshot(std::filesystem::path file);
  ~Snapshot();
  Snapshot(const Snapshot&) = delete;
  Snapshot& operator=(const Snapshot&) = delete;

  // One a process, as TOML is read in many places; null: nothing is remembered (library users, most tests).
  static Snapshot* current();
  // $XDG_CACHE_HOME/modelsig/snapshot, by default under ~/.cache; empty if there is no such folder
  static std::filesystem::path usual_file();
  static std::uint64_t key(std::string_view what, std::string_view text);

  std::optional<std::string> find(std::uint64_t key);  // thread-safe, as put() is
  void put(std::uint64_t key, std::string bytes);
  void save() noexcept;  // does nothing if nothing was put, or if the folder can't be written

 private:
  bool named_;
  SnapshotFile file_;
  std::mutex lock_;
  std::set<std::uint64_t> used_;
  std::map<std::uint64_t, std::string> fresh_;
};

}  // namespace modelsig
