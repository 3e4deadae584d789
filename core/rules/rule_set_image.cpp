#include "core/rules/rule_set_image.hpp"

#include "core/rules/rule_set.hpp"
#include "core/rules/rule_table.hpp"
#include "core/value/builder.hpp"
#include "core/value/error.hpp"
#include "core/value/snapshot.hpp"
#include "core/value/toml_file.hpp"
#include "core/value/value_bytes.hpp"
#include "core/value/word_hash.hpp"

namespace modelsig {

namespace fs = std::filesystem;

namespace {

std::string joined(std::span<const fs::path> files) {
  std::string out;
  for (const fs::path& f : files) out += f.native() + '\0';
  return out;
}

// Of the names too: they stand in "at".
std::uint64_t key_of(const std::vector<fs::path>& files) {
  std::uint64_t hash = Snapshot::key("rule set", joined(files));
  for (const fs::path& f : files) hash = word_hash(TomlFile::read_text(f), hash);
  return hash;
}

std::uint64_t answers_key(const RuleSet& set) { return Snapshot::key("answers", set.digest()); }

}  // namespace

RuleSetImage::RuleSetImage(Snapshot& snapshot, std::span<const fs::path> asked)
    : snapshot_(snapshot), asked_(Snapshot::key("rule files", joined(asked))) {}

void RuleSetImage::put(const RuleSet& set) const {
  snapshot_.put(asked_, joined(set.files_));
  Document scratch;
  Builder out(scratch);
  out.begin('[');
  out.put(std::string_view(set.digest_));
  out.put(static_cast<int>(set.names_.mode));
  out.put(std::string_view(set.names_.placeholder));
  for (const auto& table : set.tables_) {
    out.put(table->name);
    out.put(table->labels);
    out.put(table->collect);
    out.put(static_cast<int>(table->rules().size()));
    out.put(std::string_view(table->image()));
  }
  out.end();
  std::string bytes;
  append_value(bytes, out.finish());
  snapshot_.put(key_of(set.files_), std::move(bytes));
}

bool RuleSetImage::take(RuleSet& into) const {
  const auto names = snapshot_.find(asked_);
  if (!names) return false;
  std::vector<fs::path> files;
  for (std::size_t at = 0, end; (end = names->find('\0', at)) != names->npos; at = end + 1) files.emplace_back(names->substr(at, end - at));
  std::optional<std::string> image;
  try {
    image = snapshot_.find(key_of(files));
  } catch (const Error&) {  // the reader of rule files says it better
    return false;
  }
  if (!image) return false;
  into.image_ = std::move(*image);
  ValueReader reader(into.image_, into.document_);
  Value all;
  if (!reader.next(all) || all.size() < 3 || (all.size() - 3) % 5 != 0) return false;
  into.files_ = std::move(files);
  into.digest_ = all.at(0).str();
  into.names_ = {static_cast<IndexNames::Mode>(all.at(1).u64()), std::string(all.at(2).str())};
  if (auto known = snapshot_.find(answers_key(into))) into.answers_image_ = std::move(*known);
  ValueReader answers(into.answers_image_, into.document_);
  for (std::size_t i = 3; i < all.size(); i += 5) {
    auto& table = *into.tables_.emplace_back(std::make_unique<RuleTable>());
    table.name = all.at(i).str();
    table.labels = all.at(i + 1).boolean();
    table.collect = all.at(i + 2).boolean();
    Value known;
    if (!answers.next(known)) known = {};
    table.take(all.at(i + 4).str(), KnownAnswers(known.str(), static_cast<std::uint32_t>(all.at(i + 3).u64())));
    table.remember();
  }
  return true;
}

void RuleSetImage::put_answers(Snapshot& snapshot, const RuleSet& set) {
  bool fresh = false;
  std::string bytes;
  for (const auto& table : set.tables_) {
    fresh |= table->has_fresh_answers();
    append_value(bytes, Value::text(KnownAnswers::write(table->known_answers())));
  }
  if (fresh) snapshot.put(answers_key(set), std::move(bytes));
}

}  // namespace modelsig
