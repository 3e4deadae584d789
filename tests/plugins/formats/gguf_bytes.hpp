// GGUF files byte by byte, right or wrong in any place.
#pragma once
#include <bit>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace formats {

enum GgufType : std::uint32_t { U8, I8, U16, I16, U32, I32, F32, BOOL, TEXT, ARRAY, U64, I64, F64 };

struct GgufBytes {
  std::uint32_t version = 3;
  bool big = false;

  std::string whole(std::uint64_t value, unsigned size) const {
    std::string out(size, '\0');
    for (unsigned i = 0; i < size; ++i) out[big ? size - 1 - i : i] = static_cast<char>(value >> (8 * i) & 0xFF);
    return out;
  }
  std::string u32(std::uint64_t v) const { return whole(v, 4); }
  std::string u64(std::uint64_t v) const { return whole(v, 8); }
  std::string count(std::uint64_t v) const { return whole(v, version == 1 ? 4 : 8); }
  std::string text(std::string_view t) const { return count(t.size()) + std::string(t); }
  std::string entry(std::string_view key, std::uint32_t type, const std::string& value) const { return text(key) + u32(type) + value; }
  std::string number(std::string_view key, std::uint64_t v) const { return entry(key, U32, u32(v)); }
  std::string word(std::string_view key, std::string_view v) const { return entry(key, TEXT, text(v)); }
  std::string real(std::string_view key, float v) const { return entry(key, F32, u32(std::bit_cast<std::uint32_t>(v))); }
  std::string array(std::string_view key, std::uint32_t of, std::uint64_t length, const std::string& items) const { return entry(key, ARRAY, u32(of) + count(length) + items); }
  std::string tensor(std::string_view name, const std::vector<std::uint64_t>& axes, std::uint32_t type, std::uint64_t offset) const {
    std::string out = text(name) + u32(axes.size());
    for (std::uint64_t axis : axes) out += count(axis);
    return out + u32(type) + u64(offset);
  }
  std::string file(const std::vector<std::string>& entries, const std::vector<std::string>& tensors, std::size_t data = 0, std::size_t alignment = 32) const {
    std::string out = "GGUF" + u32(version) + count(tensors.size()) + count(entries.size());
    for (const std::string& e : entries) out += e;
    for (const std::string& t : tensors) out += t;
    out.append((alignment - out.size() % alignment) % alignment, '\0');
    return out.append(data, '\0');
  }
};

}  // namespace formats
