// modelsig/kit/test_plan.hpp - what the engine will be run with (--plan, [plan] of a pipeline), and expressions over it.
//   plan.tp            one value at a time: an expression is asked for every combination of the values of the keys it names
//   plan.quant.group   a field of the value's rule in table "plan_quant"
#pragma once
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "../model.hpp"
#include "scalar.hpp"

namespace ms::kit {

class TestPlan {
 public:
  using Choice = std::map<std::string, std::size_t, std::less<>>;  // key -> which of its values

  struct Asked {
    std::size_t combinations = 0;
    bool unknown = false;         // the plan does not say a value it names, or it could not be computed
    std::vector<Choice> holds;    // the combinations under which it is true
  };

  explicit TestPlan(const Call& call) : call_(call), said_(call.rules("plan")) {}
  bool empty() const { return said_.size() == 0; }
  Node said() const { return said_; }  // [{"id", "values", "at"}]

  // other(name, writer): every name that is not of the plan
  template <class Lookup>
  Asked ask(const ms_expression* expression, Lookup&& other) const {
    Asked out;
    Choice fixed;
    walk(expression, other, fixed, out);
    return out;
  }
  // A value of the plan under a choice, for messages; nothing if the plan does not say it.
  void look_up(std::string_view name, const Choice& choice, Writer& out) const {
    const Node entry = entry_of(name);
    if (!entry) return;
    const auto it = choice.find(key_of(name));
    put(name, entry["values"].at(it == choice.end() ? 0 : it->second), out);
  }
  // "quant=awq-g128 tp=8"; varying: without the keys that have but one value
  std::string show(const Choice& choice, bool varying = false) const {
    std::string out;
    for (const auto& [key, which] : choice)
      if (!varying || values(key) > 1) out += (out.empty() ? "" : " ") + key + "=" + Scalar::of(entry_of("plan." + key)["values"].at(which)).show();
    return out;
  }
  std::size_t values(std::string_view key) const { return entry_of("plan." + std::string(key))["values"].size(); }

 private:
  static std::string_view key_of(std::string_view name) { return name.substr(5, name.find('.', 5) - 5); }
  Node entry_of(std::string_view name) const {
    for (Node entry : said_.items())
      if (entry["id"].str() == key_of(name)) return entry;
    return {};
  }
  void put(std::string_view name, const Node& value, Writer& out) const {
    const std::string_view key = key_of(name);
    if (key.size() + 5 == name.size()) return out.value(value);
    for (Node rule : call_.rules("plan_" + std::string(key)).items())
      if (rule["id"].str() == value.str())
        if (const Node field = rule[name.substr(key.size() + 6)]) return out.value(field);
  }

  template <class Lookup>
  void walk(const ms_expression* expression, Lookup& other, Choice& fixed, Asked& out) const {
    std::string next;      // a key that has no value chosen yet
    bool unknown = false, holds = false;
    try {
      holds = Scalar::of(call_.evaluate(expression, [&](std::string_view name, Writer& to) {
        if (!name.starts_with("plan.")) return other(name, to);
        if (!entry_of(name)) return void(unknown = true);
        if (!fixed.contains(key_of(name))) next = key_of(name);
        look_up(name, fixed, to);
      })).truth();
    } catch (const Told&) {  // a fact that one of the models does not have
      unknown = true;
    }
    if (next.empty()) {
      ++out.combinations;
      out.unknown |= unknown;
      if (holds && !unknown) out.holds.push_back(fixed);
      return;
    }
    for (std::size_t i = 0; i < values(next); ++i) {
      fixed[next] = i;
      walk(expression, other, fixed, out);
    }
    fixed.erase(next);
  }

  const Call& call_;
  Node said_;
};

}  // namespace ms::kit
