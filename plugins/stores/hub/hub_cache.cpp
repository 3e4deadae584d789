#include "hub_cache.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <fstream>

#include "headers.hpp"

namespace fs = std::filesystem;

namespace hub {

HubCache::HubCache(const fs::path& root, const std::string& id) {
  if (root.empty()) return;
  std::string name = "models--" + id;
  for (auto slash = name.find('/'); slash != name.npos; slash = name.find('/')) name.replace(slash, 1, "--");
  folder_ = root / name;
}

std::optional<std::string> HubCache::commit(const std::string& revision) const {
  if (folder_.empty() || is_commit(revision)) return std::nullopt;
  std::ifstream file(folder_ / "refs" / revision);
  std::string line;
  std::getline(file, line);
  return is_commit(line) ? std::optional(line) : std::nullopt;
}

std::vector<ListedFile> HubCache::files(const std::string& commit) const {
  std::vector<ListedFile> out;
  std::error_code error;
  if (folder_.empty()) return out;
  const fs::path root = folder_ / "snapshots" / commit;
  for (auto at = fs::recursive_directory_iterator(root, error); !error && at != fs::recursive_directory_iterator(); at.increment(error)) {
    std::error_code broken;  // a link whose blob was deleted
    if (!fs::is_regular_file(at->path(), broken)) continue;
    const auto size = fs::file_size(at->path(), broken);
    std::string name = at->path().lexically_relative(root).generic_string();
    if (!broken && is_safe_name(name)) out.push_back({std::move(name), size});
  }
  std::sort(out.begin(), out.end(), [](const ListedFile& a, const ListedFile& b) { return a.name < b.name; });
  return out;
}

bool HubCache::read(const std::string& commit, std::string_view name, std::optional<std::uint64_t> file_size, std::uint64_t offset,
                    std::uint64_t size, std::uint8_t* into) const {
  if (folder_.empty() || !is_safe_name(name)) return false;
  const int fd = ::open((folder_ / "snapshots" / commit / name).c_str(), O_RDONLY | O_CLOEXEC);
  if (fd < 0) return false;
  struct stat info;
  bool good = ::fstat(fd, &info) == 0 && S_ISREG(info.st_mode) && (!file_size || *file_size == static_cast<std::uint64_t>(info.st_size));
  for (std::uint64_t at = 0; good && at < size;) {
    const ssize_t n = ::pread(fd, into + at, size - at, static_cast<off_t>(offset + at));
    good = n > 0;
    at += good ? static_cast<std::uint64_t>(n) : 0;
  }
  ::close(fd);
  return good;
}

}  // namespace hub
