// How names and counts of a hostile file appear in a message and in the report.
#pragma once
#include <modelsig/kit/utf8.hpp>

#include <algorithm>
#include <cstdint>
#include <string>
#include <string_view>

namespace gguf {

inline constexpr std::size_t LONGEST_NAME_SHOWN = 160;

// What is not UTF-8 becomes U+FFFD: a report is JSON.
inline std::string printable(std::string_view text) {
  std::string out;
  for (std::size_t at = 0; at < text.size();) {
    const std::size_t good = ms::utf8_valid_up_to(text.substr(at));
    out.append(text.substr(at, good));
    at += good;
    if (at < text.size()) out.append("\xEF\xBF\xBD"), ++at;
  }
  return out;
}

inline std::string quoted(std::string_view name) {
  const std::string shown = printable(name.substr(0, LONGEST_NAME_SHOWN));
  return "'" + shown + (name.size() > LONGEST_NAME_SHOWN ? "...'" : "'");
}

inline std::string counted(std::uint64_t count, std::string_view noun) {
  return std::to_string(count) + " " + std::string(noun) + (count == 1 ? "" : "s");
}

}  // namespace gguf
