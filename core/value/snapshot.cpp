#include "core/value/snapshot.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cstdlib>
#include <cstring>
#include <vector>

namespace modelsig {

namespace fs = std::filesystem;

namespace {

constexpr std::string_view kMagic = "modelsig";
constexpr std::uint64_t kFormat = 1;  // of the file and of what its entries hold

struct Entry { std::uint64_t key, hash, offset, size; };
constexpr std::size_t kHead = 24;

Snapshot* g_current = nullptr;

// eight bytes a step: this runs over all rule files at every start
std::uint64_t hash_of(std::string_view text, std::uint64_t hash) {
  const auto mix = [&](std::uint64_t word) {
    hash = (hash ^ word) * 0x9e3779b97f4a7c15u;
    hash ^= hash >> 29;
  };
  mix(text.size());
  std::size_t at = 0;
  for (; at + 8 <= text.size(); at += 8) {
    std::uint64_t word;
    std::memcpy(&word, text.data() + at, 8);
    mix(word);
  }
  std::uint64_t rest = 0;
  std::memcpy(&rest, text.data() + at, text.size() - at);
  mix(rest);
  return hash ^ (hash >> 32);
}

std::uint64_t version() { return hash_of(MODELSIG_VERSION, kFormat); }

// Which program asks: a rebuilt one may lay the same rules over each other in another way.
std::uint64_t program() {
  struct stat info {};
  if (::stat("/proc/self/exe", &info) != 0) return version();
  const std::int64_t seen[] = {static_cast<std::int64_t>(info.st_ino), info.st_size, info.st_mtim.tv_sec, info.st_mtim.tv_nsec};
  return hash_of({reinterpret_cast<const char*>(seen), sizeof seen}, version());
}

std::string read_all(const fs::path& path) {
  const int fd = ::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK);
  if (fd < 0) return {};
  std::string out;
  struct stat info {};
  if (::fstat(fd, &info) == 0 && S_ISREG(info.st_mode) && info.st_size > 0 && info.st_size <= static_cast<off_t>(Snapshot::kMaxBytes * 2)) {
    out.resize(static_cast<std::size_t>(info.st_size));
    std::size_t at = 0;
    for (ssize_t n; at < out.size() && (n = ::read(fd, out.data() + at, out.size() - at)) > 0;) at += static_cast<std::size_t>(n);
    out.resize(at);
  }
  ::close(fd);
  return out;
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

Snapshot::Snapshot(fs::path file) : file_(std::move(file)), old_(read_all(file_)) {
  std::uint64_t head[3];
  if (old_.size() >= kHead && old_.starts_with(kMagic)) {
    std::memcpy(head, old_.data(), kHead);
    if (head[1] == version() && head[2] <= (old_.size() - kHead) / sizeof(Entry)) count_ = head[2];
  }
  g_current = this;
}

Snapshot::~Snapshot() { g_current = nullptr; }

Snapshot* Snapshot::current() { return g_current; }

fs::path Snapshot::usual_file() {
  const char* cache = ::secure_getenv("XDG_CACHE_HOME");
  const char* home = ::secure_getenv("HOME");
  if (cache && *cache == '/') return fs::path(cache) / "modelsig/snapshot";
  if (home && *home == '/') return fs::path(home) / ".cache/modelsig/snapshot";
  return {};
}

std::uint64_t Snapshot::key(std::string_view what, std::string_view text) {
  static const std::uint64_t start = program();
  return hash_of(text, hash_of(what, start));
}

std::optional<std::string_view> Snapshot::stored(std::uint64_t key) const {
  std::uint64_t low = 0, high = count_;
  while (low < high) {
    const std::uint64_t middle = (low + high) / 2;
    Entry entry;
    std::memcpy(&entry, old_.data() + kHead + middle * sizeof entry, sizeof entry);
    if (entry.key == key) {
      if (entry.offset > old_.size() || entry.size > old_.size() - entry.offset) return std::nullopt;
      const std::string_view bytes(old_.data() + entry.offset, entry.size);
      return hash_of(bytes, key) == entry.hash ? std::optional(bytes) : std::nullopt;
    }
    (entry.key < key ? low : high) = entry.key < key ? middle + 1 : middle;
  }
  return std::nullopt;
}

std::optional<std::string_view> Snapshot::find(std::uint64_t key) {
  const std::lock_guard guard(lock_);
  used_.insert(key);
  return stored(key);
}

void Snapshot::put(std::uint64_t key, std::string bytes) {
  const std::lock_guard guard(lock_);
  if (bytes.size() <= kMaxBytes / 8) fresh_[key] = std::move(bytes);
}

std::string Snapshot::bytes_of_all() const {
  std::map<std::uint64_t, std::string_view> all;
  std::size_t total = 0;
  const auto take = [&](std::uint64_t key, std::string_view bytes) {
    if (all.emplace(key, bytes).second) total += bytes.size() + sizeof(Entry);
  };
  for (const auto& [key, bytes] : fresh_) take(key, bytes);
  for (const std::uint64_t key : used_)
    if (const auto bytes = stored(key)) take(key, *bytes);
  const bool full = total + old_.size() > kMaxBytes;
  for (std::uint64_t i = 0; !full && i < count_; ++i) {
    std::uint64_t key;
    std::memcpy(&key, old_.data() + kHead + i * sizeof(Entry), sizeof key);
    if (const auto bytes = stored(key)) take(key, *bytes);
  }
  if (total > kMaxBytes) return {};
  std::string out(kMagic);
  append(out, version());
  append(out, std::uint64_t{all.size()});
  std::uint64_t offset = kHead + all.size() * sizeof(Entry);
  for (const auto& [key, bytes] : all) {
    append(out, Entry{key, hash_of(bytes, key), offset, bytes.size()});
    offset += bytes.size();
  }
  for (const auto& [key, bytes] : all) out += bytes;
  return out;
}

void Snapshot::save() noexcept try {
  const std::lock_guard guard(lock_);
  if (fresh_.empty() || file_.empty()) return;
  std::error_code error;
  fs::create_directories(file_.parent_path().parent_path(), error);
  ::mkdir(file_.parent_path().c_str(), 0700);
  const std::string bytes = bytes_of_all();
  const fs::path beside = file_.string() + ".tmp-" + std::to_string(::getpid());
  if (bytes.empty()) return;
  if (!write_all(beside, bytes) || ::rename(beside.c_str(), file_.c_str()) != 0) ::unlink(beside.c_str());
  fresh_.clear();
} catch (...) {  // out of memory, say: the next run works it out again
}

}  // namespace modelsig
