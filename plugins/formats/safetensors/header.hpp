// What a safetensors header says. Layout of a file:
//     8 bytes  little-endian length N of the header
//     N bytes  {"name": {"dtype": "BF16", "shape": [2, 3], "data_offsets": [0, 12]}, ..., "__metadata__": {...}}
//     data     offsets count from here; no holes, no overlaps, nothing behind the last tensor
#pragma once
#include <cstdint>
#include <span>
#include <string_view>
#include <vector>

namespace safetensors {

inline constexpr std::size_t LENGTH_BYTES = 8;
inline constexpr std::size_t MAX_RANK = 64;

struct Row {
  std::string_view name, dtype;  // in the text of the header
  std::uint64_t begin = 0, end = 0;
  std::uint32_t shape = 0, rank = 0;  // first axis in Header::axes
  std::uint32_t hash = 0;             // of the name
  bool has_dtype = false, has_shape = false, has_offsets = false;
  bool usable = true;  // false: not a tensor (only where the header is not checked)
};

struct Header {
  std::vector<Row> rows;
  std::vector<std::uint64_t> axes;

  std::span<const std::uint64_t> shape(const Row& row) const { return {axes.data() + row.shape, row.rank}; }
};

}  // namespace safetensors
