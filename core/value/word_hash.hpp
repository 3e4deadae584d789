// A hash of texts, eight bytes a step: for tables of many names and for telling texts apart. No defence against anyone who
// wants a collision.
#pragma once
#include <cstdint>
#include <cstring>
#include <string_view>

namespace modelsig {

inline std::uint64_t word_hash(std::string_view text, std::uint64_t start) {
  std::uint64_t hash = start;
  const auto mix = [&](std::uint64_t word) {
    hash = (hash ^ word) * 0x9e3779b97f4a7c15u;
    hash ^= hash >> 29;
  };
  mix(text.size());
  for (; text.size() >= 8; text.remove_prefix(8)) {
    std::uint64_t word;
    std::memcpy(&word, text.data(), 8);
    mix(word);
  }
  std::uint64_t rest = 0;
  if (!text.empty()) std::memcpy(&rest, text.data(), text.size());
  mix(rest);
  return hash ^ (hash >> 32);
}

}  // namespace modelsig
