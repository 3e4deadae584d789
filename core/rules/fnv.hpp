// FNV-1a, 64 bits: tells versions of a rule set apart in a report. No defence against anyone who wants a collision.
#pragma once
#include <cstdint>
#include <string>
#include <string_view>

namespace modelsig::fnv1a {

inline constexpr std::uint64_t kStart = 0xcbf29ce484222325u;

inline std::uint64_t add(std::uint64_t hash, std::string_view text) {
  for (const unsigned char c : text) hash = (hash ^ c) * 0x100000001b3u;
  return hash;
}

inline std::string hex(std::uint64_t hash) {  // a string: JavaScript loses integers above 2^53
  std::string out(16, '0');
  for (std::size_t i = 16; i-- > 0; hash >>= 4) out[i] = "0123456789abcdef"[hash & 15];
  return out;
}

}  // namespace modelsig::fnv1a
