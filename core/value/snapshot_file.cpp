#include "core/value/snapshot_file.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>

#include "core/value/word_hash.hpp"

namespace modelsig {

namespace fs = std::filesystem;

namespace {

constexpr std::string_view kMagic = "modelsig";
struct Head { char magic[8]; std::uint64_t version, count; };

bool read_at(int fd, void* into, std::size_t size, std::uint64_t offset) {
  auto* to = static_cast<char*>(into);
  for (ssize_t n; size > 0; size -= static_cast<std::size_t>(n), to += n, offset += static_cast<std::uint64_t>(n))
    if ((n = ::pread(fd, to, size, static_cast<off_t>(offset))) <= 0) return false;
  return true;
}

bool write_all(const fs::path& path, std::string_view bytes) {
  const int fd = ::open(path.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
  if (fd < 0) return false;
  ssize_t n = 1;
  while (!bytes.empty() && (n = ::write(fd, bytes.data(), bytes.size())) > 0) bytes.remove_prefix(static_cast<std::size_t>(n));
  return ::close(fd) == 0 && n > 0;
}

template <class T>
void append(std::string& out, const T& value) { out.append(reinterpret_cast<const char*>(&value), sizeof value); }

}  // namespace

SnapshotFile::SnapshotFile(fs::path path, std::uint64_t version) : path_(std::move(path)), version_(version) {
  fd_ = path_.empty() ? -1 : ::open(path_.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK);
  struct stat info {};
  Head head{};
  if (fd_ < 0 || ::fstat(fd_, &info) != 0 || !S_ISREG(info.st_mode) || !read_at(fd_, &head, sizeof head, 0)) return;
  bytes_ = static_cast<std::uint64_t>(info.st_size);
  if (std::string_view(head.magic, sizeof head.magic) != kMagic || head.version != version_ || head.count > (bytes_ - sizeof head) / sizeof(Entry)) return;
  index_.resize(head.count);
  if (!read_at(fd_, index_.data(), index_.size() * sizeof(Entry), sizeof head)) index_.clear();
}

SnapshotFile::~SnapshotFile() {
  if (fd_ >= 0) ::close(fd_);
}

std::vector<std::uint64_t> SnapshotFile::keys() const {
  std::vector<std::uint64_t> out;
  for (const Entry& e : index_) out.push_back(e.key);
  return out;
}

std::optional<std::string> SnapshotFile::read(std::uint64_t key) const {
  const auto it = std::lower_bound(index_.begin(), index_.end(), key, [](const Entry& e, std::uint64_t k) { return e.key < k; });
  if (it == index_.end() || it->key != key || it->offset > bytes_ || it->size > bytes_ - it->offset) return std::nullopt;
  std::string out(it->size, '\0');
  if (!read_at(fd_, out.data(), out.size(), it->offset) || word_hash(out, key) != it->hash) return std::nullopt;
  return out;
}

void SnapshotFile::write(const std::map<std::uint64_t, std::string>& entries) const {
  std::error_code error;
  fs::create_directories(path_.parent_path().parent_path(), error);
  ::mkdir(path_.parent_path().c_str(), 0700);
  std::string out(kMagic);
  append(out, version_);
  append(out, std::uint64_t{entries.size()});
  std::uint64_t offset = sizeof(Head) + entries.size() * sizeof(Entry);
  for (const auto& [key, bytes] : entries) {
    append(out, Entry{key, word_hash(bytes, key), offset, bytes.size()});
    offset += bytes.size();
  }
  for (const auto& [key, bytes] : entries) out += bytes;
  const fs::path beside = path_.string() + ".tmp-" + std::to_string(::getpid());
  if (!write_all(beside, out) || ::rename(beside.c_str(), path_.c_str()) != 0) ::unlink(beside.c_str());
}

}  // namespace modelsig
