// TensorProto.DataType of the ONNX specification. What a type is called in reports is the rule table onnx_dtype's.
#pragma once
#include <cstdint>

namespace onnx {

enum ElementType : std::uint32_t { FLOAT = 1, INT64 = 7, STRING = 8 };

// Bits of an element; 0: of no fixed size, or unknown to this reader (carried on, its size is not checked).
constexpr unsigned element_bits(std::uint32_t type) {
  constexpr unsigned BITS[] = {0, 32, 8, 8, 16, 16, 32, 64, 0, 8, 16, 64, 32, 64, 64, 128, 16, 8, 8, 8, 8, 4, 4, 4, 8, 2, 2};
  return type < sizeof BITS / sizeof *BITS ? BITS[type] : 0;
}

// Floating point: what weights are made of. Integers are weights only where an operator says so.
constexpr bool is_real(std::uint32_t type) {
  return type == 1 || type == 10 || type == 11 || type == 16 || (type >= 17 && type <= 20) || type == 23;
}

}  // namespace onnx
