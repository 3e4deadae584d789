// A 64-bit little-endian ELF shared library as bytes: its segments and its dynamic table, every size and
// offset checked against the bytes that are there. It reads what the dynamic loader reads (program headers,
// PT_DYNAMIC), never section headers, so a stripped library works and a lying section table has no effect.
// Rejected: Boost.DLL's library_info (1.74), which reads .symtab only and trusts the file.
#pragma once
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <span>
#include <string_view>
#include <vector>

namespace modelsig {

class ElfImage {
 public:
  // Throws Error with a reason that follows a file name ("is truncated: ..."). `file` must outlive the image.
  explicit ElfImage(std::span<const std::byte> file);

  // The bytes of the file that are loaded at `address`, up to the end of their segment; empty if there are none.
  std::span<const std::byte> at(std::uint64_t address) const;
  // Exactly `size` bytes, or empty.
  std::span<const std::byte> at(std::uint64_t address, std::uint64_t size) const;
  // The value of a dynamic entry (DT_SYMTAB ...), `otherwise` if the library has none.
  std::uint64_t dynamic(std::int64_t tag, std::uint64_t otherwise = 0) const;
  // The pointer stored at `address` as the loader will leave it, relative to the load address; 0 if null.
  std::uint64_t pointer(std::uint64_t address) const;
  // The text at `address`, without its NUL; empty if it does not end within `limit` bytes.
  std::string_view text(std::uint64_t address, std::size_t limit) const;

 private:
  struct Segment { std::uint64_t address, offset, size; };
  struct Entry { std::int64_t tag; std::uint64_t value; };

  std::span<const std::byte> file_;
  std::vector<Segment> segments_;
  std::vector<Entry> dynamic_;
};

// An integer or struct of the file; the span must be large enough. Files are not aligned, so it is copied.
template <class T>
T load(std::span<const std::byte> bytes, std::size_t offset = 0) {
  T out;
  std::memcpy(&out, bytes.data() + offset, sizeof out);
  return out;
}

}  // namespace modelsig
