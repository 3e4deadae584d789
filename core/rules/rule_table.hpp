// One table of a rule set, compiled. Inside core/rules only.
#pragma once
#include <vector>

#include "core/rules/matcher.hpp"
#include "core/rules/rule_file.hpp"

namespace modelsig {

struct RuleTable {
  std::string_view name;
  bool labels = false, collect = false;
  std::vector<Rule> sources;  // same order as `rules`
  Value rules;                // array, what plugins see
  std::vector<Value> answers; // {"value", "rule", "at"} of each, if the table labels
  Matcher matcher;
};

}  // namespace modelsig
