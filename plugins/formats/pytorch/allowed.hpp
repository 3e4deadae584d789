// The only names a pickle may use. A name stands for what the reader knows about it; nothing is looked up or called.
#pragma once
#include <cstdint>
#include <optional>
#include <string_view>

namespace pytorch {

enum class Callable : std::uint8_t {
  TENSOR, TENSOR_V3, META_TENSOR, QUANTISED_TENSOR, SPARSE_TENSOR, PARAMETER, FROM_TYPE,  // torch._utils, torch._tensor
  DICT, SET, TUPLE, BYTES, STORAGE_CLASS, DTYPE, CONSTANT, OPAQUE
};

struct Allowed { Callable what; std::string_view dtype; std::uint32_t bits; };

// "torch._utils._rebuild_tensor_v2"; nothing for what a tensor file has no use for.
std::optional<Allowed> allowed(std::string_view name);

}  // namespace pytorch
