// Is this a mixture of experts, by its config: an expert count that is set (rule table "expert_count_field")
// or a model_type that says so ("moe_model_type").
#pragma once
#include <modelsig/kit/config_fields.hpp>

inline bool config_has_experts(const ms::Call& call, const ms::kit::ConfigFields& fields) {
  return ms::kit::truthy(fields.first_set(call, "expert_count_field")) ||
         static_cast<bool>(call.rule("moe_model_type", fields["model_type"].str()));
}
