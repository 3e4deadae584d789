#include "core/rules/rule_set.hpp"

#include <algorithm>

#include "core/rules/rule_set_image.hpp"
#include "core/rules/rule_set_loader.hpp"
#include "core/rules/rule_table.hpp"
#include "core/value/builder.hpp"
#include "core/value/file_identity.hpp"
#include "core/value/snapshot.hpp"

namespace modelsig {

RuleSet::RuleSet() = default;
RuleSet::~RuleSet() {
  Snapshot* snapshot = remembers_ ? Snapshot::current() : nullptr;
  if (!snapshot) return;
  try {
    RuleSetImage::put_answers(*snapshot, *this);
  } catch (const std::exception&) {  // out of memory, say: the next run finds out again
  }
}

std::shared_ptr<const RuleSet> RuleSet::load(std::span<const std::filesystem::path> files) {
  const auto read = [&] {
    RuleSetLoader loader;
    for (const auto& file : files) loader.read(file);
    return loader.finish();
  };
  Snapshot* snapshot = Snapshot::current();
  const auto again = [](const std::filesystem::path& file) {  // a pipe gives its text once
    const auto info = stat_of(file);
    return info && S_ISREG(info->st_mode);
  };
  if (!snapshot || !std::all_of(files.begin(), files.end(), again)) return read();
  const RuleSetImage image(*snapshot, files);
  std::shared_ptr<RuleSet> set(new RuleSet);
  if (image.take(*set)) {
    set->index_tables();
  } else {
    set = read();
    image.put(*set);
    for (const auto& table : set->tables_) table->remember();
  }
  set->remembers_ = true;
  return set;
}

void RuleSet::index_tables() {
  for (const auto& table : tables_) by_name_[table->name] = table.get();
}

const RuleSet& RuleSet::sourced() const {
  if (image_.empty()) return *this;
  std::call_once(sourced_once_, [this] {
    RuleSetLoader loader;
    for (const auto& file : files_) loader.read(file);  // each is read once, so that they come in this order again
    sourced_ = loader.finish();
  });
  return *sourced_;
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
  return found ? &found->rules() : nullptr;
}

std::vector<std::string_view> RuleSet::tables() const {
  std::vector<std::string_view> out;
  for (const auto& table : tables_) out.push_back(table->name);
  return out;
}

const Value* RuleSet::match(std::string_view table, std::string_view subject) const {
  const RuleTable* found = find(table);
  if (!found) return nullptr;
  const std::uint32_t rule = found->matcher().first(subject);
  return rule == Matcher::kNone ? nullptr : &found->rules().at(rule);
}

std::vector<const Value*> RuleSet::match_all(std::string_view table, std::string_view subject) const {
  std::vector<const Value*> out;
  if (const RuleTable* found = find(table))
    for (const std::uint32_t rule : found->matcher().all(subject)) out.push_back(&found->rules().at(rule));
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
      const std::uint32_t rule = table->matcher().first(abstract_name);
      if (rule != Matcher::kNone) out.key(table->name), out.share(table->answers().at(rule));
    } else if (const auto rules = table->matcher().all(abstract_name); !rules.empty()) {
      out.key(table->name);
      out.begin('[');
      for (const std::uint32_t rule : rules) out.share(table->answers().at(rule));
      out.end();
    }
  }
  out.end();
}

}  // namespace modelsig
