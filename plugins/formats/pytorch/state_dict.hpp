// Which tensors of a pickle are the model's, and their names.
#pragma once
#include <span>
#include <string>
#include <vector>

#include "pickle_value.hpp"

namespace pytorch {

struct NamedTensor { std::string name; const Tensor* tensor; };

struct StateDict {
  std::vector<NamedTensor> tensors;  // in the pickle's order; a name that comes twice has its last tensor
  struct LeftOut { std::string entry; std::size_t tensors; };
  std::vector<LeftOut> left_out;     // entries beside the chosen one that hold tensors too: an optimiser's state, a second copy
};

// `entries`: of a dictionary of dictionaries, the first of these that holds tensors is the model. Throws Failure.
StateDict find_state(const Pool& pool, Id root, std::span<const std::string> entries);

}  // namespace pytorch
