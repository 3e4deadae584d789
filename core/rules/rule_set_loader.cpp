#include "core/rules/rule_set_loader.hpp"

#include <fmt/core.h>

#include <algorithm>

#include "core/rules/fnv.hpp"
#include "core/rules/rule_table.hpp"
#include "core/value/builder.hpp"
#include "core/value/error.hpp"

namespace modelsig {

namespace fs = std::filesystem;

namespace {

bool is_directive(std::string_view key) { return key == "before" || key == "first" || key == "remove"; }

Value copy_rule(Document& document, const Rule& rule) {
  Builder out(document, Builder::Duplicates::refuse, Builder::NonFinite::keep);  // payload is the plugin's to judge
  out.begin('{');
  for (const Member& m : rule.node->members())
    if (!is_directive(m.key)) out.key(m.key), out.copy(m.value);
  out.member("at", std::string_view(rule.file->where(*rule.node)));
  out.end();
  return out.finish();
}

Value make_answer(Document& document, const Value& copied) {
  Builder out(document);
  out.begin('{');
  out.key("value"), out.share(copied["label"]);
  out.key("rule"), out.share(copied["id"]);
  out.key("at"), out.share(copied["at"]);
  out.end();
  return out.finish();
}

}  // namespace

RuleSetLoader::RuleSetLoader() : set_(new RuleSet), hash_(fnv1a::kStart) {}

void RuleSetLoader::read(const fs::path& path) {
  const auto info = stat_of(path);
  const FileIdentity identity = info ? identity_of(*info) : FileIdentity{};  // a missing file is refused by its reader
  if (done_.contains(identity)) return;  // a second reading would lay a base over what replaces it
  const RuleFile file = RuleFile::check(TomlFile::read(path));
  open_.push_back({identity, path.filename().string()});
  read_extended(file, path);
  open_.pop_back();
  done_.insert(identity);
  add(file, path);
}

void RuleSetLoader::read_extended(const RuleFile& file, const fs::path& path) {
  for (const Value* item : file.extends) {
    const fs::path base = (path.parent_path() / fs::path(item->str())).lexically_normal();
    const auto info = stat_of(base);
    const auto seen = info ? std::find_if(open_.begin(), open_.end(), [&](const Open& o) { return o.identity == identity_of(*info); }) : open_.end();
    if (seen != open_.end()) {
      std::string chain;
      for (auto it = seen; it != open_.end(); ++it) chain += it->name + " -> ";
      file.toml->fail(*item, fmt::format("'extends' goes round in a circle: {}{}", chain, seen->name));
    }
    if (!info || !S_ISREG(info->st_mode)) file.toml->fail(*item, fmt::format("extends '{}', but there is no file {}", item->str(), base.string()));
    read(base);
  }
}

void RuleSetLoader::add(std::shared_ptr<const TomlFile> toml) {
  const RuleFile file = RuleFile::check(std::move(toml));
  if (!file.extends.empty()) file.toml->fail(*file.extends.front(), "'extends' needs a file on disk to start from, this text is in memory");
  add(file, file.toml->name());
}

void RuleSetLoader::add(const RuleFile& file, const fs::path& path) {
  overlay_.add(file);
  set_->files_.push_back(path);
  hash_ = fnv1a::add(hash_, std::to_string(file.toml->text().size()) + ":");  // so that texts can't run together
  hash_ = fnv1a::add(hash_, file.toml->text());
}

void RuleSetLoader::refuse(const Rule& rule, const Value& text, const Matcher::BadPattern& bad) {
  // RE2 names the piece, not its place. Count from the opening quote; with escapes ahead of it that is a little low.
  const std::size_t at = bad.where.empty() ? std::string_view::npos : text.str().find(bad.where);
  rule.file->fail(text, fmt::format("rule '{}' has a pattern that RE2 does not take: {}", rule.id, bad.why), at == std::string_view::npos ? 0 : 1 + at);
}

std::unique_ptr<RuleTable> RuleSetLoader::compile(const Overlay::Table& from) {
  auto table = std::make_unique<RuleTable>();
  table->labels = from.labels;
  table->collect = from.collect;
  table->payload = from.payload;
  Document& document = set_->document_;
  table->name = document.keep(from.name);
  table->sources.assign(from.rules.begin(), from.rules.end());
  Builder rules(document), answers(document);
  rules.begin('[');
  answers.begin('[');
  std::vector<RuleTable::Text> texts;
  std::vector<const Value*> places;  // of the texts in their files
  for (std::uint32_t i = 0; i < table->sources.size(); ++i) {
    const Rule& rule = table->sources[i];
    const Value copied = copy_rule(document, rule);
    rules.share(copied);
    if (from.labels) answers.share(make_answer(document, copied));
    for (const Value* text : rule.texts) {
      texts.push_back({i, rule.kind, rule.ignore_case.value_or(from.ignore_case), text->str()});
      places.push_back(text);
    }
  }
  rules.end();
  answers.end();
  const auto rule_of_text = [&, numbers = texts](std::uint32_t text) -> const Rule& { return table->sources[numbers[text].rule]; };
  if (const auto bad = table->fill(rules.finish(), answers.finish(), std::move(texts), budget_)) refuse(rule_of_text(bad->text), *places[bad->text], *bad);
  if (table->matcher().has_patterns() && ++pattern_tables_ > kMaxPatternTables)
    table->sources.front().file->fail(*table->sources.front().node, fmt::format("with this one {} tables hold patterns, {} are allowed", pattern_tables_, kMaxPatternTables));
  return table;
}

std::shared_ptr<RuleSet> RuleSetLoader::finish() {
  overlay_.finish();
  set_->names_ = overlay_.names();
  set_->digest_ = fnv1a::hex(hash_);
  for (const Overlay::Table& t : overlay_.tables()) set_->tables_.push_back(compile(t));
  set_->index_tables();
  return set_;
}

}  // namespace modelsig
