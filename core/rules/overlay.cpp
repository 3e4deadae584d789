#include "core/rules/overlay.hpp"

#include <fmt/core.h>

#include "core/value/nearest.hpp"

namespace modelsig {

namespace {

[[noreturn]] void unknown_id(const Overlay::Table& table, const Rule& rule, const Value& at, std::string_view use) {
  std::vector<std::string> ids;
  for (const Rule& r : table.rules) ids.emplace_back(r.id);
  rule.file->fail(at, fmt::format("table '{}' has no rule '{}' {}{}", table.name, at.str(), use, did_you_mean(at.str(), ids)));
}

}  // namespace

Overlay::Table& Overlay::table(std::string_view name) {
  if (auto it = by_name_.find(name); it != by_name_.end()) return *it->second;
  Table& fresh = tables_.emplace_back();
  fresh.name = name;
  by_name_[name] = &fresh;
  return fresh;
}

void Overlay::add(const RuleFile& file) {
  files_.push_back(file.toml);
  if (file.index) names_.mode = *file.index;
  if (file.placeholder) names_.placeholder = *file.placeholder;
  for (const TableSettings& s : file.settings) {
    Table& t = table(s.table);
    t.declared = true;
    if (s.labels) t.labels = *s.labels;
    if (s.collect) t.collect = *s.collect;
    if (s.ignore_case) t.ignore_case = *s.ignore_case;
    const TablePayload& more = s.payload;  // a file whose reader knows more adds to what is known
    if (more.keys && !t.payload.keys) t.payload.keys.emplace();
    if (more.keys) t.payload.keys->insert(t.payload.keys->end(), more.keys->begin(), more.keys->end());
    t.payload.expressions.insert(t.payload.expressions.end(), more.expressions.begin(), more.expressions.end());
    t.payload.refers.insert(more.refers.begin(), more.refers.end());
  }
  for (const RuleFile::Rules& rules : file.tables) add(table(rules.table), rules.rules);
}

void Overlay::add(Table& table, const std::vector<Rule>& rules) {
  auto front = table.rules.begin();  // several `first` of one file stay in file order ahead of this
  for (const Rule& rule : rules) {
    const auto old = table.by_id.find(rule.id);
    auto place = table.rules.end();
    if (rule.remove) {
      if (old == table.by_id.end()) unknown_id(table, rule, (*rule.node)["id"], "to remove");
    } else if (rule.first) {
      place = front;
    } else if (rule.before) {
      const auto target = table.by_id.find(rule.before->str());
      if (target == table.by_id.end()) unknown_id(table, rule, *rule.before, "to stand before");
      place = target->second;
    } else if (old != table.by_id.end()) {
      place = std::next(old->second);
    }
    const auto fresh = rule.remove ? table.rules.end() : table.rules.insert(place, rule);
    if (old != table.by_id.end()) {
      if (front == old->second) ++front;
      table.rules.erase(old->second);
      table.by_id.erase(old);  // its key points into the file that is overlaid
    }
    if (fresh == table.rules.end()) continue;
    table.by_id[rule.id] = fresh;
    if (front == table.rules.end() && !rule.first) front = fresh;
  }
}

void Overlay::finish() const {
  std::vector<std::string> declared;
  for (const Table& t : tables_) if (t.declared) declared.emplace_back(t.name);
  for (const Table& t : tables_) {
    if (t.rules.empty()) continue;
    if (!t.declared)  // a table of one's own is fine, a misspelled one would be silently without effect
      if (const std::string hint = did_you_mean(t.name, declared); !hint.empty())
        t.rules.front().file->fail(*t.rules.front().node, fmt::format("table '{0}' is declared nowhere{1} If not, declare it: [table.{0}]", t.name, hint));
    if (!t.labels) continue;
    for (const Rule& r : t.rules) {
      const auto need = [&](std::string_view what) {
        r.file->fail(*r.node, fmt::format("rule '{}' has no {}, which every rule of '{}' needs, as the table labels tensors", r.id, what, t.name));
      };
      if (r.kind == MatcherKind::none) need("matcher (exact, prefix, suffix, contains or pattern)");
      if (!r.label) need("label");
    }
  }
}

}  // namespace modelsig
