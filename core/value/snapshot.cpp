#include "core/value/snapshot.hpp"

#include <sys/stat.h>

#include <cstdlib>

#include "core/value/word_hash.hpp"

namespace modelsig {

namespace fs = std::filesystem;

namespace {

constexpr std::uint64_t kFormat = 2;  // of the file and of what its entries hold

Snapshot* g_current = nullptr;

std::uint64_t version() { return word_hash(MODELSIG_VERSION, kFormat); }

// Which program asks: a rebuilt one may lay the same rules over each other in another way.
std::uint64_t program() {
  struct stat info {};
  if (::stat("/proc/self/exe", &info) != 0) return version();
  const std::int64_t seen[] = {static_cast<std::int64_t>(info.st_ino), info.st_size, info.st_mtim.tv_sec, info.st_mtim.tv_nsec};
  return word_hash({reinterpret_cast<const char*>(seen), sizeof seen}, version());
}

}  // namespace

Snapshot::Snapshot(fs::path file) : named_(!file.empty()), file_(std::move(file), version()) { g_current = this; }

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
  return word_hash(text, word_hash(what, start));
}

std::optional<std::string> Snapshot::find(std::uint64_t key) {
  auto bytes = file_.read(key);
  if (bytes) {
    const std::lock_guard guard(lock_);
    used_.insert(key);
  }
  return bytes;
}

void Snapshot::put(std::uint64_t key, std::string bytes) {
  const std::lock_guard guard(lock_);
  if (bytes.size() <= kMaxBytes / 8) fresh_[key] = std::move(bytes);
}

void Snapshot::save() noexcept try {
  const std::lock_guard guard(lock_);
  if (fresh_.empty() || !named_) return;
  std::map<std::uint64_t, std::string> all = std::move(fresh_);
  std::size_t total = 0;
  for (const auto& [key, bytes] : all) total += bytes.size();
  const bool full = total + file_.bytes() > kMaxBytes;
  for (const std::uint64_t key : file_.keys())
    if (!all.contains(key) && (!full || used_.contains(key)))
      if (auto bytes = file_.read(key)) total += bytes->size(), all.emplace(key, std::move(*bytes));
  if (total <= kMaxBytes) file_.write(all);
  fresh_.clear();
} catch (...) {  // out of memory, say: the next run works it out again
}

}  // namespace modelsig
