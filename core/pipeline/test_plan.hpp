// What the engine will be run with, as its tester says it: [plan] of a pipeline file, --plan on the command line. The kernel carries
// names and values; which there are is rule table "plan_key", and the values that a key allows, if they are listed, table "plan_<key>".
// Plugins read it as rule table "plan": [{"id": "tp", "values": [1, 2, 4, 8], "at": "nightly.toml:7"}].
#pragma once
#include <map>
#include <string>

#include "core/pipeline/pipeline.hpp"
#include "core/rules/rule_set.hpp"

namespace modelsig {

class TestPlan {
 public:
  static constexpr std::size_t kMaxValues = 16;  // of one key: rules are asked about every combination

  // Checks every name and value against the vocabulary. Throws Error where the value stands.
  TestPlan(const std::map<std::string, Option>& said, const RuleSet& rules);
  const Value* table() const { return document_.root().size() > 0 ? &document_.root() : nullptr; }

 private:
  Document document_;
};

}  // namespace modelsig
