// What a family file is learned from: checkpoints, each with its config.
#pragma once
#include <cstdint>
#include <string>
#include <vector>

#include "core/value/value.hpp"

namespace modelsig::families::learn {

struct Sample {
  struct Tensor { std::string name, dtype; std::vector<std::uint64_t> shape; };
  std::string name;                // of the model, for messages
  const Value* config = nullptr;
  std::vector<Tensor> tensors;
};

// A size of every sample, in their order; kAbsent where that sample has no such thing.
using Sizes = std::vector<std::int64_t>;
inline constexpr std::int64_t kAbsent = -1;

// An expression in the names of the file that is written, and what a reader has to know about it.
struct Answer {
  std::string text;
  double cost = 0;
  std::string doubt;               // empty: nothing else fits as well
};

}  // namespace modelsig::families::learn
