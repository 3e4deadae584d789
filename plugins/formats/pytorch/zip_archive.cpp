#include "zip_archive.hpp"

#include <algorithm>

#include "failure.hpp"
#include "little_endian.hpp"

namespace pytorch {
namespace {

constexpr std::string_view END{"PK\x05\x06", 4}, END64{"PK\x06\x06", 4}, LOCATOR64{"PK\x06\x07", 4}, ENTRY{"PK\x01\x02", 4};
constexpr std::size_t END_BYTES = 22, END64_BYTES = 56, LOCATOR_BYTES = 20, ENTRY_BYTES = 46;
constexpr std::uint16_t ZIP64_FIELD = 1;
constexpr std::uint32_t IN_ZIP64 = 0xFFFFFFFF;
constexpr std::uint16_t MANY_IN_ZIP64 = 0xFFFF;

std::uint16_t u16(std::string_view b, std::size_t at) { return little_endian<std::uint16_t>(b, at); }
std::uint32_t u32(std::string_view b, std::size_t at) { return little_endian<std::uint32_t>(b, at); }
std::uint64_t u64(std::string_view b, std::size_t at) { return little_endian<std::uint64_t>(b, at); }

// The end record is the last one whose comment reaches exactly to the end of the file.
std::size_t find_end(std::string_view tail) {
  for (std::size_t at = tail.rfind(END); at != std::string_view::npos; at = at == 0 ? std::string_view::npos : tail.rfind(END, at - 1))
    if (tail.size() - at >= END_BYTES && tail.size() - at - END_BYTES == u16(tail, at + 20)) return at;
  throw Failure("is cut short: a zip archive ends in a directory, this one does not: download it again");
}

// What the 32-bit fields leave to the extra field 1, in this order, each only if its field is full.
void read_zip64(std::string_view extra, ZipEntry& entry) {
  while (extra.size() >= 4) {
    const std::uint16_t id = u16(extra, 0), size = u16(extra, 2);
    if (size > extra.size() - 4) break;
    std::string_view field = extra.substr(4, size);
    extra.remove_prefix(4u + size);
    if (id != ZIP64_FIELD) continue;
    for (std::uint64_t* value : {&entry.size, &entry.packed, &entry.local_header}) {
      if (*value != IN_ZIP64) continue;
      if (field.size() < 8) throw Failure("the zip directory's 64-bit sizes of an entry are incomplete");
      *value = u64(field, 0);
      field.remove_prefix(8);
    }
    return;
  }
}

}  // namespace

ZipDirectoryPlace find_zip_directory(std::string_view tail, std::uint64_t file_size) {
  const std::size_t end = find_end(tail);
  const std::uint64_t tail_offset = file_size - tail.size();
  if (const unsigned disk = u16(tail, end + 4); disk != 0 && disk != MANY_IN_ZIP64) throw Failure("is one part of a zip archive in several files");
  ZipDirectoryPlace out{u32(tail, end + 16), u32(tail, end + 12), u16(tail, end + 10)};
  std::uint64_t limit = tail_offset + end;
  const bool zip64 = end >= LOCATOR_BYTES && tail.substr(end - LOCATOR_BYTES).starts_with(LOCATOR64);
  if (zip64) {
    const std::uint64_t at = u64(tail, end - LOCATOR_BYTES + 8);
    if (at < tail_offset || at - tail_offset > end - LOCATOR_BYTES || end - LOCATOR_BYTES - (at - tail_offset) < END64_BYTES ||
        !tail.substr(at - tail_offset).starts_with(END64))
      throw Failure("the zip archive's 64-bit end record is not at byte " + std::to_string(at) + ", where its locator says");
    out = {u64(tail, at - tail_offset + 48), u64(tail, at - tail_offset + 40), u64(tail, at - tail_offset + 32)};
    limit = at;
  }
  if (out.offset > limit || out.size > limit - out.offset)
    throw Failure("the zip directory is said to be " + std::to_string(out.size) + " bytes at " + std::to_string(out.offset) +
                  ", but only bytes up to " + std::to_string(limit) + " can hold it");
  if (out.entries > out.size / ENTRY_BYTES)
    throw Failure("the zip directory is said to have " + std::to_string(out.entries) + " entries, its " + std::to_string(out.size) + " bytes have no room for them");
  return out;
}

ZipDirectory::ZipDirectory(std::string_view bytes, const ZipDirectoryPlace& place) {
  entries_.reserve(place.entries);
  for (std::uint64_t i = 0; i < place.entries; ++i) {
    if (bytes.size() < ENTRY_BYTES || !bytes.starts_with(ENTRY))
      throw Failure("entry " + std::to_string(i + 1) + " of " + std::to_string(place.entries) + " of the zip directory is damaged");
    ZipEntry entry;
    entry.flags = u16(bytes, 8), entry.method = u16(bytes, 10), entry.crc = u32(bytes, 16);
    entry.packed = u32(bytes, 20), entry.size = u32(bytes, 24), entry.local_header = u32(bytes, 42);
    const std::size_t name = u16(bytes, 28), extra = u16(bytes, 30), comment = u16(bytes, 32);
    if (name + extra + comment > bytes.size() - ENTRY_BYTES) throw Failure("the zip directory ends inside entry " + std::to_string(i + 1));
    entry.name = bytes.substr(ENTRY_BYTES, name);
    read_zip64(bytes.substr(ENTRY_BYTES + name, extra), entry);
    // the local header and the data lie in front of the directory
    if (entry.local_header > place.offset || entry.packed > place.offset - entry.local_header)
      throw Failure("the entry '" + std::string(entry.name) + "' is said to be " + std::to_string(entry.packed) + " bytes at " +
                    std::to_string(entry.local_header) + ", past the archive's data");
    entries_.push_back(entry);
    bytes.remove_prefix(ENTRY_BYTES + name + extra + comment);
  }
  const auto by_name = [](const ZipEntry& a, const ZipEntry& b) { return a.name < b.name; };
  std::sort(entries_.begin(), entries_.end(), by_name);
  const auto twice = std::adjacent_find(entries_.begin(), entries_.end(), [](const ZipEntry& a, const ZipEntry& b) { return a.name == b.name; });
  if (twice != entries_.end()) throw Failure("the archive has two entries '" + std::string(twice->name) + "': readers would disagree on which counts");
}

const ZipEntry* ZipDirectory::find(std::string_view name) const {
  const auto it = std::lower_bound(entries_.begin(), entries_.end(), name, [](const ZipEntry& e, std::string_view n) { return e.name < n; });
  return it != entries_.end() && it->name == name ? &*it : nullptr;
}

}  // namespace pytorch
