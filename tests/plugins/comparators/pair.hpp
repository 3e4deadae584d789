// The four comparators of the default pipeline over two fingerprints made up in a test.
#pragma once
#include <gmock/gmock.h>
#include <modelsig/testing/loaded_plugin.hpp>

#include <string>

#include "tests/support/paths.hpp"

namespace comparators {

using ms::testing::FakeHost;
using ms::testing::FakeHostTable;
using ms::testing::Value;

// What the manifests give as defaults: a fake host fills in none.
inline Value defaults(const std::string& name) {
  if (name == "coverage") {
    return Value::object({{"key_threshold", 0.8}, {"phase1", true}, {"list_limit", 20}, {"structural_fields", Value::list({"model_type", "num_attention_heads", "num_key_value_heads", "is_moe"})}});
  }
  if (name == "isomorphism") {
    return Value::object({{"dimensions", Value::list({"hidden_size", "intermediate_size", "head_dim"})}, {"per_layer", "greatest"},
                          {"ratio_tolerance", 0.2}, {"gqa_tolerance", 0.5}, {"shape_tolerance", 0.05}, {"list_limit", 10}, {"judge", true}});
  }
  if (name == "verdict") {
    return Value::object({{"layer_type_coverage", 0.95}, {"shape_compatibility", 0.9}, {"operator_coverage", 0.8}, {"partial", 0.7},
                          {"strategy", "follow_verdict"}, {"incomplete", "undetermined"}});
  }
  return Value::object({{"weight_structure", 0.25}, {"weight_operators", 0.2}, {"weight_layer_types", 0.2}, {"weight_shapes", 0.15},
                        {"weight_experts", 0.1}, {"weight_risks", 0.1}, {"weight_only_from", 0.8}, {"mixed_precision_from", 0.7},
                        {"hidden_ratio", 4.0}, {"gqa_tolerance", 0.5}, {"ffn_tolerance", 0.3}, {"doubled_percent", false}});
}

inline void set(Value& object, const std::string& key, Value value) {
  for (auto& [name, old] : object.members) if (name == key) { old = std::move(value); return; }
  object.members.emplace_back(key, std::move(value));
}

// The pair object: what all of them emitted, the later after the earlier.
inline Value compare(const Value& a, const Value& b, const std::string& changed = {}, const std::string& option = {}, Value value = {}) {
  Value pair = Value::object();
  for (const std::string name : {"coverage", "isomorphism", "verdict", "quant_transfer"}) {
    FakeHost host;
    ms::testing::LoadedPlugin plugin(modelsig::testing::plugin_dir() / ("comparator_" + std::string(name) + ".so"));
    Value options = defaults(name);
    if (name == changed) set(options, option, value);
    ms::testing::Instance<ms_comparator> step(host, plugin.role("comparator." + name), options);
    void *left = nullptr, *right = nullptr;
    EXPECT_EQ(step->prepare(step.self(), host.call(), FakeHostTable::node(&a), &left), MS_OK);
    EXPECT_EQ(step->prepare(step.self(), host.call(), FakeHostTable::node(&b), &right), MS_OK);
    ms_writer* out = host.open_writer("section").raw();
    if (step->compare(step.self(), host.call(), left, right, FakeHostTable::node(&pair), out) == MS_OK) {
      host.close_parts();
      for (auto& member : host.parts.at("section").members) pair.members.push_back(member);
    } else {
      set(pair, "failed", host.failure);
    }
    step->release(step.self(), left), step->release(step.self(), right);
  }
  return pair;
}

inline Value weight(std::int64_t rows, std::int64_t columns) {
  return Value::object({{"representative_shape", Value::list({rows, columns})}, {"dtype", "BF16"}, {"layer_type", "AttentionLayer"}, {"count", 1}, {"param_count", rows * columns}});
}

// A decoder of one matrix a layer; `hidden` scales everything.
inline Value decoder(std::int64_t hidden) {
  return Value::object({{"complete", true}, {"problems", Value::list()}, {"source", "safetensors"},
                        {"arch_fingerprint", Value::object({{"model_type", "llama"}, {"hidden_size", hidden}, {"intermediate_size", 4 * hidden}, {"head_dim", 64}, {"is_moe", false}})},
                        {"dimension_ratios", Value::object({{"gqa_ratio", 4.0}, {"ffn_expansion", 4.0}})},
                        {"static_weight_signature", Value::object({{"model.layers.N.self_attn.q_proj.weight", weight(hidden, hidden)}})},
                        {"template_signature", Value::object({{"self_attn.q_proj.weight", Value::object({{"part", "attention"}})}})},
                        {"op_types", Value::list({"aten/mm", "attention"})}, {"unique_ops_highlevel", Value::list({"Attention"})}, {"layer_types", Value::list({"AttentionLayer"})}});
}
inline Value& member(Value& object, const std::string& key) {
  for (auto& [name, value] : object.members) if (name == key) return value;
  throw std::runtime_error("no " + key);
}
inline std::string text(const Value& pair, std::string_view key) { return pair.find(key) ? pair.find(key)->text() : "absent"; }

}  // namespace comparators
