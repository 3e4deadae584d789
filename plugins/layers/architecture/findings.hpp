// What does not fit together in a model: rule table "finding" asked of every part, and the family's account of the tensors.
#pragma once
#include "facts.hpp"

struct Finding { std::string id, level, component, text, from, rule; };

class FindingRules {
 public:
  explicit FindingRules(const ms::Call& call);
  // Of one class of layers with its facts; each rule speaks once a part.
  void ask(const ms::Call& call, const Component& part, const Stack* stack, const LayerClass* layer,
           const std::vector<std::pair<const FactRules::Rule*, Fact>>& facts, std::vector<Finding>& into) const;

 private:
  struct Rule { std::string id, level, text, at; const ms_expression* when = nullptr; std::vector<std::pair<std::string, const ms_expression*>> holes; };
  std::vector<Rule> rules_;
};

// Promised and absent, there and not promised, of another shape.
void family_findings(const ms::Node& family, std::vector<Finding>& into);
