// The file of a Snapshot: an index ahead of entries, of which a run reads only those it asks for.
//
//     "modelsig" | u64 version | u64 count | count x {u64 key, hash, offset, size}, ascending by key | the entries
//
// Integers as this machine has them: the file does not travel. Written beside and renamed, so that several processes may
// use it at once; the last one to write wins, which costs the others' entries one more time to work out.
// Rejected: memory maps (somebody who cuts the file short would kill the process).
#pragma once
#include <cstdint>
#include <filesystem>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace modelsig {

class SnapshotFile {
 public:
  SnapshotFile(std::filesystem::path path, std::uint64_t version);  // no such file, or not usable: no entries
  ~SnapshotFile();
  SnapshotFile(const SnapshotFile&) = delete;
  SnapshotFile& operator=(const SnapshotFile&) = delete;

  std::vector<std::uint64_t> keys() const;
  std::uint64_t bytes() const { return bytes_; }
  std::optional<std::string> read(std::uint64_t key) const;  // checked against its hash
  void write(const std::map<std::uint64_t, std::string>& entries) const;  // instead of the old ones; does nothing if it can't

 private:
  struct Entry { std::uint64_t key, hash, offset, size; };

  std::filesystem::path path_;
  std::uint64_t version_, bytes_ = 0;
  int fd_ = -1;
  std::vector<Entry> index_;
};

}  // namespace modelsig
