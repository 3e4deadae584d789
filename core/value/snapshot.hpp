// What earlier runs worked out from texts that are the same now: parsed TOML files, the patterns that a name matches.
// One file in the user's cache, an entry a key. A key is a hash of all that the entry was worked out from, this
// program's own file too, so an entry can't be out of date. Never needed: without the file, or with a damaged one, everything is worked out again.
//
//     "modelsig" | u64 version | u64 count | count x {u64 key, hash, offset, size}, ascending by key | the entries
//
// Integers as this machine has them: the file does not travel. Written beside and renamed, so that several processes
// may use it at once; the last one to write wins, which costs the others' entries one more time to work out.
// Rejected: memory maps (somebody who cuts the file short would kill the process), times of files as keys.
#pragma once
#include <cstdint>
#include <filesystem>
#include <map>
#include <mutex>
#include <optional>
#include <set>
#include <string>
#include <string_view>

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

  // Valid as long as the snapshot. Thread-safe, as put() is.
  std::optional<std::string_view> find(std::uint64_t key);
  void put(std::uint64_t key, std::string bytes);
  void save() noexcept;  // does nothing if nothing was put, or if the folder can't be written

 private:
  std::optional<std::string_view> stored(std::uint64_t key) const;
  std::string bytes_of_all() const;

  std::filesystem::path file_;
  std::string old_;                            // the file as it was read
  std::uint64_t count_ = 0;                    // entries in it; 0: none or not usable
  std::mutex lock_;
  std::map<std::uint64_t, std::string> fresh_;
  std::set<std::uint64_t> used_;
};

}  // namespace modelsig
