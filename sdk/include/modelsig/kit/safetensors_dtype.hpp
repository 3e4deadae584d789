// modelsig/kit/safetensors_dtype.hpp - element widths of the dtypes that the safetensors format defines.
#pragma once
#include <string_view>

namespace ms {

namespace detail {
struct SafetensorsDtype { std::string_view name; unsigned bits; };
inline constexpr SafetensorsDtype SAFETENSORS_DTYPES[] = {  // the frequent ones first
    {"BF16", 16}, {"F8_E4M3", 8}, {"F32", 32}, {"F16", 16}, {"I32", 32}, {"U8", 8}, {"I8", 8}, {"I64", 64}, {"F64", 64},
    {"F8_E8M0", 8}, {"F8_E5M2", 8}, {"F4", 4}, {"F6_E2M3", 6}, {"F6_E3M2", 6}, {"U32", 32}, {"BOOL", 8}, {"I16", 16}, {"U16", 16},
    {"U64", 64}, {"C64", 64}, {"F8_E4M3FNUZ", 8}, {"F8_E5M2FNUZ", 8}};
}  // namespace detail

// Bits of one element, 0 if the dtype is not known here.
constexpr unsigned safetensors_bits(std::string_view dtype) {
  for (const auto& known : detail::SAFETENSORS_DTYPES)
    if (known.name == dtype) return known.bits;
  return 0;
}

}  // namespace ms
