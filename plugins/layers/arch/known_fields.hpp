// What section "architecture" knows of the model itself, under the names of the fingerprint: [[arch_fact]] fact, name, and
// when, an expression over fact.NAME (default true). over = true: instead of what the config says (a key that means something
// else in this family); else only where the config says nothing. A guess counts for nothing.
#pragma once
#include <modelsig/kit/scalar.hpp>
#include <modelsig/plugin.hpp>

#include <map>
#include <optional>
#include <string>
#include <string_view>

class KnownFields {
 public:
  struct Field { ms::kit::Scalar value; bool over = false; };

  KnownFields(const ms::Call& call, ms::Node architecture) {
    ms::Node facts;
    for (ms::Node part : architecture.items()) {
      if (part["assumed"].boolean()) continue;
      if (part["component"].str() == "model") facts = part["facts"], is_moe_ = is_moe_.value_or(false);
      if (part["facts"]["experts"]) is_moe_ = true;
    }
    if (!facts) return;
    for (ms::Node rule : call.rules("arch_fact").items()) {
      if (const ms::Node when = rule["when"]; when && !holds(call, rule, facts)) continue;
      const ms::kit::Scalar value = one(facts[rule["fact"].str()]["value"]);
      if (value || rule["null"].boolean()) fields_.try_emplace(rule["name"].str(), Field{value, rule["over"].boolean()});
    }
  }

  const Field* find(std::string_view name) const {
    const auto it = fields_.find(name);
    return it == fields_.end() ? nullptr : &it->second;
  }
  const std::map<std::string_view, Field>& fields() const { return fields_; }
  std::optional<bool> is_moe() const { return is_moe_; }

 private:
  static bool holds(const ms::Call& call, const ms::Node& rule, const ms::Node& facts) {
    return ms::kit::Scalar::of(call.evaluate(call.expression(rule["when"].str(), rule["at"].str()), [&](std::string_view name, ms::Writer& out) {
             if (name.starts_with("fact.")) one(facts[name.substr(5)]["value"]).write(out);
           })).truth();
  }
  // One value for a model whose layers differ: the greatest number, else the first.
  static ms::kit::Scalar one(const ms::Node& value) {
    if (!value.is_array()) return ms::kit::Scalar::of(value);
    ms::kit::Scalar out = ms::kit::Scalar::of(value.at(0));
    for (ms::Node v : value.items())
      if (const auto s = ms::kit::Scalar::of(v); (s.kind == 'i' || s.kind == 'd') && s.number > out.number) out = s;
    return out;
  }

  std::map<std::string_view, Field> fields_;
  std::optional<bool> is_moe_;
};
