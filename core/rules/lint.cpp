// What is wrong with a rule set beyond what does not load: rules that nothing tests, that never decide, patterns that
// nothing shows to match anything.
#include <fmt/core.h>
#include <re2/re2.h>

#include <algorithm>

#include "core/families/expression.hpp"
#include "core/rules/check.hpp"
#include "core/rules/rule_set.hpp"
#include "core/rules/rule_table.hpp"
#include "core/value/error.hpp"
#include "core/value/nearest.hpp"

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

const std::vector<std::string> kOwn = {"id",   "exact", "prefix", "suffix", "contains", "pattern",     "label",
                                       "hits", "misses", "before", "first",  "remove",   "ignore_case"};  // of every table

// Keys that nobody reads, expressions that are none, ids that are not there: as far as the table's settings say.
void check_payload(const RuleSet& set, const RuleTable& table, const Rule& rule, std::vector<RuleLint>& out) {
  const TomlFile& file = *rule.file;
  const auto said = [](const std::vector<std::string>& words, std::string_view key) { return std::find(words.begin(), words.end(), key) != words.end(); };
  const auto each = [](const Value& v, auto&& see) {
    if (!v.is(Kind::array)) return see(v);
    for (const Value& item : v.items()) see(item);
  };
  const auto found = [&](auto&& fail) {
    try {
      fail();
    } catch (const Error& error) {
      out.push_back({true, error.what()});
    }
  };
  for (const Member& m : rule.node->members()) {
    if (table.payload.keys && !said(kOwn, m.key) && !said(*table.payload.keys, m.key))
      found([&] {
        auto known = *table.payload.keys;
        known.insert(known.end(), kOwn.begin(), kOwn.end());
        file.fail_key(m.value, fmt::format("rule '{}': nobody reads '{}' of table '{}'{}", rule.id, m.key, table.name, did_you_mean(m.key, known)));
      });
    if (said(table.payload.expressions, m.key))
      each(m.value, [&](const Value& v) {
        if (v.is(Kind::string)) found([&] { (void)Expression::parse(file, v); });
      });
    const auto to = table.payload.refers.find(std::string(m.key));
    if (const Value* rules = to == table.payload.refers.end() ? nullptr : set.table(to->second))  // a part of a set may be without it
      each(m.value, [&](const Value& v) {
        std::vector<std::string> ids;
        for (const Value& other : rules->items()) ids.emplace_back(other["id"].str());
        if (!said(ids, v.str())) found([&] { file.fail(v, fmt::format("rule '{}': table '{}' has no '{}'{}", rule.id, to->second, v.str(), did_you_mean(v.str(), ids))); });
      });
  }
}

// Whether everything that the later text takes is taken by the earlier rule: "model.layers." behind a prefix "model.".
bool covers(const Rule& earlier, MatcherKind kind, std::string_view text) {
  return std::any_of(earlier.texts.begin(), earlier.texts.end(), [&](const Value* v) {
    switch (earlier.kind) {
      case MatcherKind::exact: return kind == MatcherKind::exact && text == v->str();
      case MatcherKind::contains: return text.find(v->str()) != std::string_view::npos;
      case MatcherKind::prefix: return (kind == MatcherKind::exact || kind == MatcherKind::prefix) && text.starts_with(v->str());
      case MatcherKind::suffix: return (kind == MatcherKind::exact || kind == MatcherKind::suffix) && text.ends_with(v->str());
      default: return false;
    }
  });
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
      check_payload(*this, *table, rule, out);
      const auto hits = hits_of(*this, *table, rule);
      if (rule.kind == MatcherKind::pattern && hits.empty()) out.push_back({false, who + " has patterns and no hits: nothing tests it"});
      std::size_t shadowed = 0;
      for (const Value* text : rule.texts) {
        if (rule.kind == MatcherKind::pattern && !hits.empty() && !matches_any(text->str(), hits))
          out.push_back({false, fmt::format("{}: pattern '{}' of rule '{}' matches none of its hits", rule.file->where(*text), text->str(), rule.id)});
        if (rule.kind == MatcherKind::pattern || rule.kind == MatcherKind::none || table->collect) continue;
        std::uint32_t first = rule.kind == MatcherKind::exact ? table->matcher().first(text->str()) : i;
        for (std::uint32_t earlier = 0; rule.kind != MatcherKind::exact && earlier < i && first == i; ++earlier)
          if (table->sources[earlier].ignore_case == rule.ignore_case && covers(table->sources[earlier], rule.kind, text->str())) first = earlier;
        if (first >= i) continue;
        ++shadowed;
        const Value& other = table->rules().at(first);
        out.push_back({false, fmt::format("{}: '{}' of rule '{}' is never decided here: rule '{}' ({}) comes first", rule.file->where(*text), text->str(), rule.id, other["id"].str(), other["at"].str())});
      }
      if (shadowed > 0 && shadowed == rule.texts.size()) out.push_back({true, who + " is unreachable: everything it names is decided by an earlier rule"});
    }
  }
  return out;
}

}  // namespace modelsig
