// What is wrong with a rule set beyond what does not load: rules that nothing tests, that never decide, patterns that
// nothing shows to match anything.
#include <fmt/core.h>
#include <re2/re2.h>

#include "core/rules/check.hpp"
#include "core/rules/rule_set.hpp"
#include "core/rules/rule_table.hpp"

namespace modelsig {

namespace {

std::vector<std::string> hits_of(const RuleSet& set, const RuleTable& table, const Rule& rule) {
  std::vector<std::string> out;
  if (const Value* hits = rule.node->find("hits"))
    for (const Value* hit : check::texts(*rule.file, *hits, "hits", true)) out.push_back(table.labels ? set.abstract(hit->str()) : std::string(hit->str()));
  return out;
}

// Case is let go: whether letters fold was decided when the set was compiled, and a hit that differs in case only is no slip.
bool matches_any(std::string_view pattern, const std::vector<std::string>& subjects) {
  RE2::Options options;
  options.set_case_sensitive(false);
  options.set_log_errors(false);
  const RE2 compiled({pattern.data(), pattern.size()}, options);
  if (!compiled.ok()) return true;  // too large to compile alone; the set has it
  for (const std::string& subject : subjects)
    if (RE2::PartialMatch(subject, compiled)) return true;
  return false;
}

}  // namespace

std::vector<RuleLint> RuleSet::lint() const {
  if (const RuleSet& other = sourced(); &other != this) return other.lint();
  std::vector<RuleLint> out;
  for (const auto& failure : run_tests()) out.push_back({true, failure.text()});
  for (const auto& table : tables_) {
    for (std::uint32_t i = 0; i < table->sources.size(); ++i) {
      const Rule& rule = table->sources[i];
      const std::string who = fmt::format("{}: rule '{}' of table '{}'", rule.file->where(*rule.node), rule.id, table->name);
      const auto hits = hits_of(*this, *table, rule);
      if (rule.kind == MatcherKind::pattern && hits.empty()) out.push_back({false, who + " has patterns and no hits: nothing tests it"});
      std::size_t shadowed = 0;
      for (const Value* text : rule.texts) {
        if (rule.kind == MatcherKind::pattern && !hits.empty() && !matches_any(text->str(), hits))
          out.push_back({false, fmt::format("{}: pattern '{}' of rule '{}' matches none of its hits", rule.file->where(*text), text->str(), rule.id)});
        if (rule.kind != MatcherKind::exact || table->collect) continue;
        const std::uint32_t first = table->matcher().first(text->str());
        if (first >= i) continue;
        ++shadowed;
        const Value& other = table->rules().at(first);
        out.push_back({false, fmt::format("{}: '{}' of rule '{}' is never decided here: rule '{}' ({}) comes first", rule.file->where(*text), text->str(), rule.id, other["id"].str(), other["at"].str())});
      }
      if (shadowed > 0 && shadowed == rule.texts.size()) out.push_back({true, who + " is unreachable: every name it gives is decided by an earlier rule"});
    }
  }
  return out;
}

}  // namespace modelsig
