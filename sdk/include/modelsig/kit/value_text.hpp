// modelsig/kit/value_text.hpp - a value as one line of text in Python's notation: None, True, 1.0, ['a', 1].
// Model configs come from Python, so this is the spelling their readers know.
#pragma once
#include <string>
#include <string_view>

#include "../node.hpp"
#include "number_text.hpp"

namespace ms::kit {

namespace detail {

struct CodePoint { char32_t value; std::size_t size; };

inline CodePoint code_point(std::string_view text, std::size_t at) {
  const auto byte = [&](std::size_t i) { return at + i < text.size() ? static_cast<unsigned char>(text[at + i]) : 0u; };
  const unsigned lead = byte(0);
  const std::size_t size = lead < 0x80 ? 1 : lead < 0xE0 ? 2 : lead < 0xF0 ? 3 : 4;
  char32_t value = size == 1 ? lead : lead & (0xFFu >> (size + 1));
  for (std::size_t i = 1; i < size; ++i) value = (value << 6) | (byte(i) & 0x3Fu);
  return {value, size};
}

// Controls, format characters, separators other than the space, surrogates and private use. Unassigned
// code points are missing on purpose: which they are changes with every Unicode version.
inline bool printable(char32_t c) {
  constexpr char32_t ranges[][2] = {
      {0x00, 0x1F}, {0x7F, 0xA0}, {0xAD, 0xAD}, {0x600, 0x605}, {0x61C, 0x61C}, {0x6DD, 0x6DD}, {0x70F, 0x70F},
      {0x1680, 0x1680}, {0x180E, 0x180E}, {0x2000, 0x200F}, {0x2028, 0x202F}, {0x205F, 0x206F}, {0x3000, 0x3000},
      {0xD800, 0xF8FF}, {0xFEFF, 0xFEFF}, {0xFFF9, 0xFFFB}, {0xE0001, 0xE007F}, {0xF0000, 0x10FFFF}};
  for (const auto& range : ranges) if (c >= range[0] && c <= range[1]) return false;
  return true;
}

inline void append_escape(std::string& out, char32_t c) {
  constexpr char digits[] = "0123456789abcdef";
  const int width = c < 0x100 ? 2 : c < 0x10000 ? 4 : 8;
  out += '\\', out += width == 2 ? 'x' : width == 4 ? 'u' : 'U';
  for (int shift = 4 * (width - 1); shift >= 0; shift -= 4) out += digits[(c >> shift) & 0xF];
}

}  // namespace detail

// Quoted with ', or with " where the text holds ' but no ".
inline std::string quoted(std::string_view text) {
  const char quote = text.find('\'') != text.npos && text.find('"') == text.npos ? '"' : '\'';
  std::string out(1, quote);
  for (std::size_t i = 0; i < text.size();) {
    const auto c = detail::code_point(text, i);
    if (c.value == static_cast<char32_t>(quote) || c.value == '\\') out += '\\', out += static_cast<char>(c.value);
    else if (c.value == '\n') out += "\\n";
    else if (c.value == '\r') out += "\\r";
    else if (c.value == '\t') out += "\\t";
    else if (!detail::printable(c.value)) detail::append_escape(out, c.value);
    else out += text.substr(i, c.size);
    i += c.size;
  }
  return out + quote;
}

inline std::string notation(const Node& value) {
  switch (value.kind()) {
    case 'b': return value.boolean() ? "True" : "False";
    case 'i': return std::to_string(value.i64());
    case 'u': return std::to_string(value.u64());
    case 'd': return shortest(value.f64());
    case 's': return quoted(value.str());
    case '[': case '{': {
      std::string out(1, value.kind());
      for (std::size_t i = 0; i < value.size(); ++i) {
        if (i > 0) out += ", ";
        if (value.is_object()) out += quoted(value.key(i)) + ": ";
        out += notation(value.at(i));
      }
      return out + (value.is_object() ? '}' : ']');
    }
    default: return "None";
  }
}

// The same without quotes around a text that stands alone.
inline std::string text(const Node& value) { return value.is_string() ? std::string(value.str()) : notation(value); }
inline std::string text(const Node& value, std::string_view absent) { return value ? text(value) : std::string(absent); }

// The text of a value, nothing where it is absent, null or empty: what is not known takes no room.
inline std::string known(const Node& value) {
  const bool empty = !value || value.is_null() || ((value.is_array() || value.is_object()) && value.size() == 0);
  return empty ? std::string() : text(value);
}

// How many characters a person sees, roughly: code points, not bytes.
inline std::size_t width(std::string_view line) {
  std::size_t count = 0;
  for (const char c : line) count += (static_cast<unsigned char>(c) & 0xC0u) != 0x80u;
  return count;
}
inline std::string left(std::string_view cell, std::size_t columns) {
  const std::size_t used = width(cell);
  return std::string(cell) + std::string(used < columns ? columns - used : 0, ' ');
}
inline std::string right(std::string_view cell, std::size_t columns) {
  const std::size_t used = width(cell);
  return std::string(used < columns ? columns - used : 0, ' ') + std::string(cell);
}

}  // namespace ms::kit
