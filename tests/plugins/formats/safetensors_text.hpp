// Bytes of safetensors files for tests.
#pragma once
#include <cstdint>
#include <string>
#include <string_view>

namespace formats {

inline std::string length_of(std::uint64_t n) {
  std::string out(8, '\0');
  for (char& byte : out) byte = static_cast<char>(n & 0xFF), n >>= 8;
  return out;
}
// A file with this header in front of `data` zero bytes.
inline std::string safetensors(std::string_view header, std::size_t data = 0) {
  return length_of(header.size()).append(header).append(std::string(data, '\0'));
}
// {"a": U8 [4]} as a member of a header, at `begin`.
inline std::string bytes_tensor(std::string_view name, std::uint64_t begin, std::uint64_t size) {
  return "\"" + std::string(name) + R"(":{"dtype":"U8","shape":[)" + std::to_string(size) + R"(],"data_offsets":[)" + std::to_string(begin) + "," +
         std::to_string(begin + size) + "]}";
}

}  // namespace formats
