// The directory of a zip archive, which stands at its end:
//     local header + data, local header + data, ...
//     central directory    one record an entry: name, sizes, method, where its local header is
//     [zip64 record, zip64 locator]   where 32 bits are not enough
//     end record           22 bytes and a comment: where the central directory is
#pragma once
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace pytorch {

// Holds the end record with the longest comment, and what zip64 puts in front of it.
inline constexpr std::uint64_t ZIP_TAIL = 66'000;

struct ZipEntry {
  std::string_view name;  // in the directory's bytes
  std::uint64_t packed = 0, size = 0, local_header = 0;
  std::uint32_t crc = 0;
  std::uint16_t method = 0, flags = 0;
};

struct ZipDirectoryPlace { std::uint64_t offset = 0, size = 0, entries = 0; };

// `tail`: the last bytes of a file of `file_size` bytes. Throws Failure.
ZipDirectoryPlace find_zip_directory(std::string_view tail, std::uint64_t file_size);

class ZipDirectory {
 public:
  // Sorted by name. Throws Failure; so it does for two entries of one name, for readers disagree on which counts.
  ZipDirectory(std::string_view bytes, const ZipDirectoryPlace& place);
  const std::vector<ZipEntry>& entries() const { return entries_; }
  const ZipEntry* find(std::string_view name) const;

 private:
  std::vector<ZipEntry> entries_;
};

}  // namespace pytorch
