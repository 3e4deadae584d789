// The facts of rule table "fact", asked of one class of layers at a time.
#pragma once
#include <modelsig/kit/scalar.hpp>

#include <optional>
#include <set>

#include "component.hpp"

using FactValue = ms::kit::Scalar;

struct Fact { FactValue value; std::string from = {}; bool assumed = false; };  // assumed: not said by the config alone, and no family knows

class FactRules {
 public:
  explicit FactRules(const ms::Call& call);
  // Parsed when it is first asked, as most are not: an earlier one gives the value, or the model has no such thing. For one thread.
  struct Source {
    std::string_view text;
    mutable const ms_expression* parsed = nullptr;
  };
  struct Rule { std::string id, group, at; std::set<std::string, std::less<>> unsaid; const ms_expression* when = nullptr; std::vector<Source> from; };
  const std::vector<Rule>& rules() const { return rules_; }
  // In the order of the rules; a fact without a value is absent. `stack`, `layer` null: the part has no layers.
  std::vector<std::pair<const Rule*, Fact>> ask(const ms::Call& call, const Component& part, const Stack* stack, const LayerClass* layer) const;

 private:
  std::vector<Rule> rules_;
};
