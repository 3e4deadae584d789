// Element widths of the dtypes that safetensors defines.
#pragma once
#include <string_view>

namespace safetensors {

// Bits of one element, 0 if the dtype is not known here.
unsigned dtype_bits(std::string_view dtype);

}  // namespace safetensors
