#include "assumed.hpp"

#include <modelsig/kit/config_fields.hpp>

#include "expression.hpp"

namespace {

// A size may be a list with one entry a layer: the greatest stands for all.
std::int64_t size_of(std::string_view name, ms::Node value) {
  bool comparable = true;
  const ms::Node best = ms::kit::greatest(value, comparable);
  if (!ms::kit::truthy(best)) return 0;
  if (comparable && best.kind() == 'd') return static_cast<std::int64_t>(best.f64());
  if (comparable && ms::kit::is_countable(best)) return best.i64();
  throw ms::Error(MS_DATA_LOSS, "config field " + std::string(name) + " is not a size");
}

}  // namespace

std::vector<AssumedTensor> assumed_tensors(const ms::Call& call, ms::Node config, bool is_moe) {
  const ms::kit::ConfigFields fields(call, config);
  const auto field = [&](std::string_view name) { return size_of(name, fields[name]); };
  std::vector<AssumedTensor> tensors;
  for (ms::Node rule : call.rules("assumed_tensor").items()) {
    if (ms::Node moe = rule["moe"]; moe.is_bool() && moe.boolean() != is_moe) continue;
    bool known = true;
    for (ms::Node need : rule["needs"].items()) known = known && field(need.str()) != 0;
    if (!known) continue;
    AssumedTensor tensor{rule["name"].str(), rule["dtype"].str(), rule["layer_type"].str(), {}};
    for (ms::Node axis : rule["shape"].items()) tensor.shape.push_back(SizeExpression(axis.str(), field).value());
    tensors.push_back(std::move(tensor));
  }
  return tensors;
}
