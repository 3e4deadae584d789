// How names and counts of a hostile file appear in a message.
#pragma once
#include <algorithm>
#include <string>
#include <string_view>

namespace safetensors {

inline constexpr std::size_t LONGEST_NAME_SHOWN = 160;

inline std::string quoted(std::string_view name) {
  std::size_t cut = std::min(name.size(), LONGEST_NAME_SHOWN);
  while (cut < name.size() && cut > 0 && (static_cast<unsigned char>(name[cut]) & 0xC0u) == 0x80u) --cut;  // not inside a character
  std::string out(1, '\'');
  out.append(name.substr(0, cut)).append(cut < name.size() ? "...'" : "'");
  return out;
}

inline std::string counted(std::size_t count, std::string_view noun) {
  return std::to_string(count) + " " + std::string(noun) + (count == 1 ? "" : "s");
}

}  // namespace safetensors
