// Which file a path leads to, by one stat() instead of a readlink() for each folder on the way.
#pragma once
#include <sys/stat.h>

#include <cstdint>
#include <filesystem>
#include <optional>
#include <utility>

namespace modelsig {

using FileIdentity = std::pair<std::uint64_t, std::uint64_t>;  // device, inode

// As stat() has it, links followed; nothing if there is no such file.
inline std::optional<struct stat> stat_of(const std::filesystem::path& path) {
  struct stat info {};
  return ::stat(path.c_str(), &info) == 0 ? std::optional(info) : std::nullopt;
}

inline FileIdentity identity_of(const struct stat& info) { return {info.st_dev, info.st_ino}; }

}  // namespace modelsig
