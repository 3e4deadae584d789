// A compact listing of a checkpoint's tensors:
//     # a comment
//     shard_size 4000000000
//     range layer 0 27
//     BF16 model.embed_tokens.weight                  151936,1024
//     BF16 model.layers.{layer}.mlp.gate_proj.weight  3072,1024
//     F32  scale                                                       (no numbers: a scalar)
// Neighbouring lines with the same {placeholder} form a block: all of layer 0, then all of layer 1 ... Blocks nest.
#pragma once
#include <string>

#include "tools/checkpoint_writer/checkpoint_writer.hpp"

namespace modelsig::sample {

inline constexpr std::size_t MAX_TENSORS = 4'000'000;

struct Listing {
  std::vector<checkpoint::Tensor> tensors;
  std::uint64_t shard_size = 0;
};

// Throws std::runtime_error: "name:line: what is wrong"
Listing parse_listing(std::string_view text, const std::string& name, std::size_t max_tensors = MAX_TENSORS);

}  // namespace modelsig::sample
