// One file of the metadata cache: a line that says what it is, a key, a checksum, the bytes. It is written
// under another name and renamed, so a reader sees all of it or nothing; whatever is wrong with it is a miss.
#pragma once
#include <cstdint>
#include <filesystem>
#include <optional>
#include <span>
#include <string>
#include <string_view>

namespace hub {

std::uint64_t hash_of(std::string_view text);  // FNV-1a; names files, the key inside decides
std::string hex(std::uint64_t value);          // 16 digits

struct CacheEntry {
  std::string note;     // a short line of the caller's
  std::string payload;
};

bool write_entry(const std::filesystem::path& path, std::string_view key, std::string_view note, std::span<const char> payload);
std::optional<CacheEntry> read_entry(const std::filesystem::path& path, std::string_view key);

}  // namespace hub
