// The tensors that a plain decoder of these sizes would have, for a model of which only config.json is
// known: rule table "assumed_tensor" (name, shape, dtype, layer_type, needs, moe). A guess, and marked so.
#pragma once
#include <modelsig/plugin.hpp>

#include <cstdint>
#include <string_view>
#include <vector>

struct AssumedTensor {
  std::string_view name, dtype, layer_type;
  std::vector<std::int64_t> shape;
};

std::vector<AssumedTensor> assumed_tensors(const ms::Call& call, ms::Node config, bool is_moe);
