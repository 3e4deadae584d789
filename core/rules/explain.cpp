// Why a name has its labels: all rules that match, in order, and which of them decided.
#include <fmt/core.h>

#include "core/rules/rule_set.hpp"
#include "core/rules/rule_table.hpp"
#include "core/value/builder.hpp"
#include "core/value/error.hpp"
#include "core/value/nearest.hpp"

namespace modelsig {

void RuleSet::explain(const RuleTable& table, std::string_view subject, Builder& out) const {
  out.begin('{');
  out.member("table", table.name);
  out.member("collect", table.collect);
  out.key("chain");
  out.begin('[');
  bool first = true;
  for (const std::uint32_t rule : table.matcher().all(subject)) {
    const Value& node = table.rules().at(rule);
    out.begin('{');
    out.member("rule", node["id"]);
    out.member("at", node["at"]);
    if (const Value* label = node.find("label")) out.member("value", *label);
    out.member("matcher", std::string_view(fmt::format("{} '{}'", to_string(table.sources[rule].kind), table.matcher().why(rule, subject))));
    out.member("wins", first || table.collect);
    out.end();
    first = false;
  }
  out.end();
  out.end();
}

void RuleSet::explain(std::string_view name, Builder& out) const {
  if (const RuleSet& other = sourced(); &other != this) return other.explain(name, out);
  const std::string name_abstract = abstract(name);
  out.begin('{');
  out.member("name", name);
  out.member("abstract", std::string_view(name_abstract));
  out.key("tables");
  out.begin('[');
  for (const auto& table : tables_) if (table->labels) explain(*table, name_abstract, out);
  out.end();
  out.end();
}

void RuleSet::explain(std::string_view table, std::string_view subject, Builder& out) const {
  if (const RuleSet& other = sourced(); &other != this) return other.explain(table, subject, out);
  if (const RuleTable* found = find(table)) return explain(*found, subject, out);
  std::vector<std::string> names;
  for (const auto& t : tables_) names.emplace_back(t->name);
  throw Error(fmt::format("there is no rule table '{}'{}", table, did_you_mean(table, names)), MS_NOT_FOUND);
}

}  // namespace modelsig
