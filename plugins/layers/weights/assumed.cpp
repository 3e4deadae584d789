#include "assumed.hpp"

#include <modelsig/kit/config_fields.hpp>
#include <modelsig/kit/sizes.hpp>
#include <modelsig/kit/value_text.hpp>

#include <string>

#include "expression.hpp"

std::vector<AssumedTensor> assumed_tensors(const ms::Call& call, ms::Node config, bool is_moe) {
  const ms::kit::ConfigFields fields(call, config);
  const auto field = [&](std::string_view name) {
    if (const auto size = ms::kit::size_of(fields[name])) return *size;
    throw ms::Error(MS_DATA_LOSS, "config field " + std::string(name) + " is no size: " + ms::kit::notation(fields[name]).substr(0, 80));
  };
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
