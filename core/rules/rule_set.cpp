#include "core/rules/rule_set.hpp"

#include "core/rules/answers.hpp"
#include "core/rules/rule_set_loader.hpp"
#include "core/rules/rule_table.hpp"
#include "core/value/builder.hpp"
#include "core/value/snapshot.hpp"

namespace modelsig {

RuleSet::RuleSet() = default;
RuleSet::~RuleSet() {
  if (remembers_) remember();
}

std::uint64_t RuleSet::snapshot_key() const { return Snapshot::key("rules", digest_); }

void RuleSet::remember() const try {
  Snapshot* snapshot = Snapshot::current();
  answers::Tables all;
  bool fresh = false;
  for (const auto& table : tables_) {
    all.push_back(table->matcher.answers());
    fresh |= table->matcher.has_fresh_answers();
  }
  if (snapshot && fresh) snapshot->put(snapshot_key(), answers::write(all));
} catch (const std::bad_alloc&) {  // then the next run finds out again
}

std::shared_ptr<const RuleSet> RuleSet::load(std::span<const std::filesystem::path> files) {
  RuleSetLoader loader;
  for (const auto& file : files) loader.read(file);
  return loader.finish();
}

std::shared_ptr<const RuleSet> RuleSet::parse(std::string_view text, std::string name) {
  RuleSetLoader loader;
  loader.add(TomlFile::parse(text, std::move(name)));
  return loader.finish();
}

const RuleTable* RuleSet::find(std::string_view table) const {
  const auto it = by_name_.find(table);
  return it == by_name_.end() ? nullptr : it->second;
}

const Value* RuleSet::table(std::string_view table) const {
  const RuleTable* found = find(table);
  return found ? &found->rules : nullptr;
}

std::vector<std::string_view> RuleSet::tables() const {
  std::vector<std::string_view> out;
  for (const auto& table : tables_) out.push_back(table->name);
  return out;
}

const Value* RuleSet::match(std::string_view table, std::string_view subject) const {
  const RuleTable* found = find(table);
  if (!found) return nullptr;
  const std::uint32_t rule = found->matcher.first(subject);
  return rule == Matcher::kNone ? nullptr : &found->rules.at(rule);
}

std::vector<const Value*> RuleSet::match_all(std::string_view table, std::string_view subject) const {
  std::vector<const Value*> out;
  if (const RuleTable* found = find(table))
    for (const std::uint32_t rule : found->matcher.all(subject)) out.push_back(&found->rules.at(rule));
  return out;
}

std::string RuleSet::abstract(std::string_view name) const {
  std::string out;
  names_.apply(name, out);
  return out;
}

void RuleSet::label(std::string_view abstract_name, Builder& out) const {
  out.begin('{');
  for (const auto& table : tables_) {
    if (!table->labels) continue;
    if (!table->collect) {
      const std::uint32_t rule = table->matcher.first(abstract_name);
      if (rule != Matcher::kNone) out.key(table->name), out.share(table->answers[rule]);
    } else if (const auto rules = table->matcher.all(abstract_name); !rules.empty()) {
      out.key(table->name);
      out.begin('[');
      for (const std::uint32_t rule : rules) out.share(table->answers[rule]);
      out.end();
    }
  }
  out.end();
}

}  // namespace modelsig
