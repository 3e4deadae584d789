// modelsig/kit/json_text.hpp - a value as JSON, two spaces a level, UTF-8 as it is, [] and {} where empty,
// reals always with a point or an exponent. NaN and Infinity (possible in a config only) are written bare.
#pragma once
#include <cmath>
#include <cstdint>
#include <cstring>
#include <string>
#include <string_view>

#include "../node.hpp"
#include "number_text.hpp"

namespace ms::kit {

// Whether one of eight characters may need an escape: a byte below 0x20, a quote or a backslash. (x - ones * n) & ~x has the
// high bit of a byte set that is below n, and maybe of one above it: the characters are looked at then.
inline bool may_need_escape(const char* eight) {
  constexpr std::uint64_t ones = 0x0101010101010101u, high = ones * 0x80;
  std::uint64_t x;
  std::memcpy(&x, eight, 8);
  const auto below = [](std::uint64_t v, std::uint64_t n) { return (v - ones * n) & ~v; };
  return ((below(x, 0x20) | below(x ^ (ones * '"'), 1) | below(x ^ (ones * '\\'), 1)) & high) != 0;
}

inline void append_json_string(std::string& out, std::string_view text) {
  out += '"';
  std::size_t plain = 0;  // where the run of characters starts that need no escape
  for (std::size_t i = 0; i < text.size(); ++i) {
    while (text.size() - i >= 8 && !may_need_escape(text.data() + i)) i += 8;
    if (i == text.size()) break;
    const char c = text[i];
    if (static_cast<unsigned char>(c) >= 0x20 && c != '"' && c != '\\') continue;
    out.append(text, plain, i - plain);
    plain = i + 1;
    switch (c) {
      case '"': out += "\\\""; break;
      case '\\': out += "\\\\"; break;
      case '\n': out += "\\n"; break;
      case '\r': out += "\\r"; break;
      case '\t': out += "\\t"; break;
      case '\f': out += "\\f"; break;
      case '\b': out += "\\b"; break;
      default: out += "\\u00", out += static_cast<char>('0' + (c >> 4)), out += "0123456789abcdef"[c & 0xF];
    }
  }
  out.append(text, plain);
  out += '"';
}

// Flush is called with the text whenever it has grown large, and must take it away.
template <class Flush>
void append_json(std::string& out, const Node& value, const Flush& flush, std::size_t indent = 2, std::size_t depth = 0) {
  const auto line = [&](std::size_t level) { if (indent > 0) out += '\n', out.append(level * indent, ' '); };
  switch (value.kind()) {
    case 'b': out += value.boolean() ? "true" : "false"; return;
    case 'i': out += std::to_string(value.i64()); return;
    case 'u': out += std::to_string(value.u64()); return;
    case 's': append_json_string(out, value.str()); return;
    case 'd': {
      const double real = value.f64();
      out += std::isnan(real) ? "NaN" : std::isinf(real) ? (real < 0 ? "-Infinity" : "Infinity") : shortest(real);
      return;
    }
    case '[': case '{': {
      const bool object = value.is_object();
      out += object ? '{' : '[';
      for (std::size_t i = 0; i < value.size(); ++i) {
        if (i > 0) out += ',';
        line(depth + 1);
        if (object) append_json_string(out, value.key(i)), out += indent > 0 ? ": " : ":";
        append_json(out, value.at(i), flush, indent, depth + 1);
        flush(out);
      }
      if (value.size() > 0) line(depth);
      out += object ? '}' : ']';
      return;
    }
    default: out += "null";
  }
}

}  // namespace ms::kit
