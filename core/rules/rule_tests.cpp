// A rule's own tests. A hit: the rule decides (of a table that collects: is among the answers). A miss: it does not.
#include <fmt/core.h>

#include "core/rules/check.hpp"
#include "core/rules/rule_set.hpp"
#include "core/rules/rule_table.hpp"

namespace modelsig {

namespace {

// the rules that decide on a subject
std::vector<std::uint32_t> decide(const RuleTable& table, std::string_view subject) {
  auto rules = table.matcher().all(subject);
  if (!table.collect && !rules.empty()) rules.erase(rules.begin() + 1, rules.end());
  return rules;
}

std::string name_others(const RuleTable& table, const std::vector<std::uint32_t>& rules) {
  std::string out;
  for (const std::uint32_t i : rules)
    out += fmt::format("{}rule '{}' ({})", out.empty() ? "" : ", ", table.rules().at(i)["id"].str(), table.rules().at(i)["at"].str());
  return out;
}

}  // namespace

std::string RuleTestFailure::text() const {
  if (!hit) return fmt::format("{}: rule '{}' of table '{}' decides on '{}', which is one of its misses", at, id, table, subject);
  return fmt::format("{}: rule '{}' of table '{}' does not decide on '{}', which is one of its hits; {}", at, id, table, subject,
                     matched.empty() ? "nothing does" : matched + " does");
}

std::vector<RuleTestFailure> RuleSet::run_tests() const {
  if (const RuleSet& other = sourced(); &other != this) return other.run_tests();
  std::vector<RuleTestFailure> out;
  const auto run = [&](const RuleTable& table, std::uint32_t index, std::string_view key) {
    const Rule& rule = table.sources[index];
    const Value* strings = rule.node->find(key);
    if (!strings) return;
    for (const Value* string : check::texts(*rule.file, *strings, key, true)) {
      const bool hit = key == "hits";
      auto rules = decide(table, table.labels ? abstract(string->str()) : std::string(string->str()));
      const bool decides = std::erase(rules, index) > 0;
      if (decides != hit)
        out.push_back({std::string(table.name), std::string(rule.id), rule.file->where(*string), std::string(string->str()), hit, name_others(table, rules)});
    }
  };
  for (const auto& table : tables_)
    for (std::uint32_t i = 0; i < table->sources.size(); ++i) run(*table, i, "hits"), run(*table, i, "misses");
  return out;
}

}  // namespace modelsig
