// Numbers and texts out of a Window, in the byte order and with the count width of the file's version.
#pragma once
#include <cstring>
#include <string>
#include <string_view>

#include "window.hpp"

namespace gguf {

struct Reader {
  Window& in;
  std::uint32_t version = 3;
  bool big_endian = false;

  std::uint64_t whole(unsigned bytes, std::string_view what) {
    const std::uint8_t* at = in.take(bytes, what);
    std::uint64_t value = 0;
    for (unsigned i = 0; i < bytes; ++i) value |= std::uint64_t{at[big_endian ? bytes - 1 - i : i]} << (8 * i);
    return value;
  }
  std::uint32_t u32(std::string_view what) { return static_cast<std::uint32_t>(whole(4, what)); }
  std::uint64_t u64(std::string_view what) { return whole(8, what); }
  // a count, a length, an axis: 32 bits in version 1, 64 behind it
  std::uint64_t count(std::string_view what) { return whole(count_bytes(), what); }
  unsigned count_bytes() const { return version == 1 ? 4 : 8; }
  std::string text(std::uint64_t longest, std::string_view what) {
    const std::uint64_t length = count(what);
    if (length > longest) in.fail(std::string(what) + " is " + std::to_string(length) + " bytes long, more than " + std::to_string(longest));
    if (length > in.remaining()) in.fail(std::string(what) + " is " + std::to_string(length) + " bytes long, " + std::to_string(in.remaining()) + " are left in the file");
    return {reinterpret_cast<const char*>(in.take(length, what)), static_cast<std::size_t>(length)};
  }
};

}  // namespace gguf
