// modelsig/kit/utf8.hpp - is this text UTF-8? ASCII, which is nearly everything in a model's files, is
// skipped eight bytes at a time.
#pragma once
#include <cstdint>
#include <cstring>
#include <string_view>

namespace ms {

namespace detail {
// Length of the well-formed sequence at `at`, 0 if there is none: no overlong forms, surrogates, or code points past U+10FFFF.
inline std::size_t utf8_sequence(std::string_view text, std::size_t at) {
  const auto byte = [&](std::size_t i) { return i < text.size() ? static_cast<unsigned char>(text[i]) : 0u; };
  const auto tail = [&](std::size_t i) { return (byte(i) & 0xC0u) == 0x80u; };
  const unsigned first = byte(at), second = byte(at + 1);
  if (first < 0x80) return 1;
  if (first >= 0xC2 && first <= 0xDF) return tail(at + 1) ? 2 : 0;
  if (first >= 0xE0 && first <= 0xEF) {
    const unsigned low = first == 0xE0 ? 0xA0 : 0x80, high = first == 0xED ? 0x9F : 0xBF;
    return second >= low && second <= high && tail(at + 2) ? 3 : 0;
  }
  if (first >= 0xF0 && first <= 0xF4) {
    const unsigned low = first == 0xF0 ? 0x90 : 0x80, high = first == 0xF4 ? 0x8F : 0xBF;
    return second >= low && second <= high && tail(at + 2) && tail(at + 3) ? 4 : 0;
  }
  return 0;
}
}  // namespace detail

// Offset of the first byte that is not UTF-8, or text.size().
inline std::size_t utf8_valid_up_to(std::string_view text) {
  std::size_t at = 0;
  while (at < text.size()) {
    std::uint64_t word;
    if (at + sizeof word <= text.size()) {
      std::memcpy(&word, text.data() + at, sizeof word);
      if ((word & 0x8080808080808080u) == 0) { at += sizeof word; continue; }
    }
    const std::size_t length = detail::utf8_sequence(text, at);
    if (length == 0) return at;
    at += length;
  }
  return at;
}

}  // namespace ms
