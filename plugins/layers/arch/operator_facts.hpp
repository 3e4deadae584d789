// What the facts and roles of every kind of layers say of operators, where names are silent or mistaken: rule table "operator_fact".
#pragma once
#include <modelsig/plugin.hpp>

#include <set>
#include <string>
#include <string_view>

class OperatorFacts {
 public:
  using Words = std::set<std::string_view>;
  explicit OperatorFacts(const ms::Call& call) : call_(call), rules_(call.rules("operator_fact")) {}

  void apply(ms::Node structure, Words& types, Words& highlevel) const {
    Words added, added_highlevel, instead, instead_highlevel;
    const auto ask = [&](ms::Node part, ms::Node layers) {
      for (ms::Node rule : rules_.items()) {
        const ms::Node holds = call_.evaluate(call_.expression(rule["when"].str(), rule["at"].str()),
                                              [&](std::string_view name, ms::Writer& out) { look_up(part, layers, name, out); });
        if (!holds.boolean()) continue;
        for (ms::Node word : rule["types"].items()) added.insert(word.str());
        for (ms::Node word : rule["highlevel"].items()) added_highlevel.insert(word.str());
        for (ms::Node word : rule["instead"].items()) instead.insert(word.str());
        for (ms::Node word : rule["instead_highlevel"].items()) instead_highlevel.insert(word.str());
      }
    };
    for (ms::Node part : structure.items()) {
      if (!part["classes"].size()) ask(part, {});
      for (ms::Node layers : part["classes"].items()) ask(part, layers);
    }
    replace(types, added, instead);
    replace(highlevel, added_highlevel, instead_highlevel);
  }

 private:
  static void replace(Words& words, const Words& added, const Words& instead) {
    for (std::string_view word : instead) words.erase(word);
    words.insert(added.begin(), added.end());
  }
  static bool there(ms::Node roles, std::string_view wanted) {
    for (auto [key, role] : roles.members())
      if (key.starts_with(wanted) && (key.size() == wanted.size() || key[wanted.size()] == '.')) return true;
    return false;
  }
  static void look_up(ms::Node part, ms::Node layers, std::string_view name, ms::Writer& out) {
    if (name == "part") return out.value(part["component"].str());
    if (name.starts_with("role.")) return out.value(there(layers["roles"], name.substr(5)) || there(part["top"], name.substr(5)));
    if (name.starts_with("fact."))
      if (const ms::Node fact = layers["facts"][name.substr(5)]) out.value(fact);
  }

  const ms::Call& call_;
  ms::Node rules_;
};
