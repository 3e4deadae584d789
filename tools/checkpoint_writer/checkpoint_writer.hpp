// Writes sparse safetensors checkpoints: a valid header, the data a hole in the file. Any reader accepts them; a
// 65 GB model takes a few kilobytes of disk.
#pragma once
#include <cstdint>
#include <filesystem>
#include <span>
#include <string>
#include <vector>

namespace modelsig::checkpoint {

struct Tensor {
  std::string name, dtype;
  std::vector<std::uint64_t> shape;
};

struct Written {
  std::vector<std::string> files;  // shards, in order
  std::uint64_t bytes = 0;         // of all tensors
};

// Bytes of one tensor. Throws std::runtime_error for an unknown dtype, overflow, or a fraction of a byte.
std::uint64_t size_of(const Tensor& tensor);

// model.safetensors, or shards of at most `shard_size` bytes (0: one file) with model.safetensors.index.json.
// Checkpoints that it wrote before are replaced; other .safetensors files are somebody's weights: it throws.
Written write(const std::filesystem::path& folder, std::span<const Tensor> tensors, std::uint64_t shard_size = 0);

}  // namespace modelsig::checkpoint
