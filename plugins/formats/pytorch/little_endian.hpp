#pragma once
#include <cstdint>
#include <string_view>
#include <type_traits>

namespace pytorch {

// The caller has checked that the bytes are there.
template <class T>
T little_endian(std::string_view bytes, std::size_t at) {
  std::make_unsigned_t<T> value = 0;
  for (std::size_t i = 0; i < sizeof(T); ++i) value |= static_cast<std::make_unsigned_t<T>>(static_cast<std::make_unsigned_t<T>>(static_cast<unsigned char>(bytes[at + i])) << (8 * i));
  return static_cast<T>(value);
}

}  // namespace pytorch
