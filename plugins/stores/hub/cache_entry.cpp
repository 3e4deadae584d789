#include "cache_entry.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <atomic>
#include <cstring>

#include "limits.hpp"

namespace hub {
namespace {

constexpr std::string_view magic = "modelsig-cache 1";

struct Descriptor {
  int fd;
  ~Descriptor() { if (fd >= 0) ::close(fd); }
};

// Against a write that was cut short or a bad disk, not against an enemy: eight bytes a step.
std::uint64_t checksum(std::span<const char> bytes) {
  constexpr std::uint64_t factor = 0x9E3779B97F4A7C15u;
  std::uint64_t sum = bytes.size() * factor;
  std::size_t at = 0;
  for (std::uint64_t word; at + 8 <= bytes.size(); at += 8) {
    std::memcpy(&word, bytes.data() + at, 8);
    sum = (sum ^ word) * factor;
    sum ^= sum >> 29;
  }
  for (; at < bytes.size(); ++at) sum = (sum ^ static_cast<unsigned char>(bytes[at])) * factor;
  return sum;
}

bool write_all(int fd, std::string_view bytes) {
  while (!bytes.empty()) {
    const ssize_t n = ::write(fd, bytes.data(), bytes.size());
    if (n <= 0) return false;
    bytes.remove_prefix(static_cast<std::size_t>(n));
  }
  return true;
}

std::string_view cut_line(std::string_view& text) {
  const auto end = text.find('\n');
  if (end == text.npos) return text = {}, std::string_view{};
  const std::string_view line = text.substr(0, end);
  text.remove_prefix(end + 1);
  return line;
}

}  // namespace

std::uint64_t hash_of(std::string_view text) {
  std::uint64_t out = 0xcbf29ce484222325u;
  for (const char c : text) out = (out ^ static_cast<unsigned char>(c)) * 0x100000001b3u;
  return out;
}

std::string hex(std::uint64_t value) {
  static constexpr char digits[] = "0123456789abcdef";
  std::string out(16, '0');
  for (std::size_t i = 16; i-- > 0; value >>= 4) out[i] = digits[value & 15];
  return out;
}

bool write_entry(const std::filesystem::path& path, std::string_view key, std::string_view note, std::span<const char> payload) {
  static std::atomic<unsigned> number{0};
  const std::string temp = (path.parent_path() / (".tmp-" + std::to_string(::getpid()) + "-" + std::to_string(number++))).string();
  const Descriptor file{::open(temp.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600)};
  if (file.fd < 0) return false;
  std::string top(magic);
  top.append("\n").append(key).append("\n").append(note).append("\n").append(hex(checksum(payload))).append("\n");
  if (write_all(file.fd, top) && write_all(file.fd, {payload.data(), payload.size()}) && ::rename(temp.c_str(), path.c_str()) == 0) return true;
  ::unlink(temp.c_str());
  return false;
}

std::optional<CacheEntry> read_entry(const std::filesystem::path& path, std::string_view key) {
  const Descriptor file{::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NOFOLLOW)};
  struct stat info;
  if (file.fd < 0 || ::fstat(file.fd, &info) != 0 || !S_ISREG(info.st_mode)) return std::nullopt;
  const auto size = static_cast<std::size_t>(info.st_size);
  if (size > limits::hashed_blob + limits::name_length * 2) return std::nullopt;
  std::string bytes(size, '\0');
  for (std::size_t at = 0; at < size;) {
    const ssize_t n = ::read(file.fd, bytes.data() + at, size - at);
    if (n <= 0) return std::nullopt;
    at += static_cast<std::size_t>(n);
  }
  std::string_view rest = bytes;
  if (cut_line(rest) != magic || cut_line(rest) != key) return std::nullopt;
  const std::string note(cut_line(rest)), sum(cut_line(rest));
  if (sum != hex(checksum(rest))) return std::nullopt;
  bytes.erase(0, bytes.size() - rest.size());
  return CacheEntry{note, std::move(bytes)};
}

}  // namespace hub
