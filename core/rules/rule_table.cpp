#include "core/rules/rule_table.hpp"

#include "core/value/builder.hpp"
#include "core/value/error.hpp"
#include "core/value/value_bytes.hpp"

namespace modelsig {

std::optional<Matcher::BadPattern> RuleTable::fill(Value rules, Value answers, std::vector<Text> texts, std::size_t& budget) {
  rules_ = rules;
  answers_ = answers;
  texts_ = std::move(texts);
  for (const Text& t : texts_)
    if (auto bad = matcher_.add(t.rule, t.kind, t.fold, t.text)) return bad;
  return matcher_.compile(budget);
}

std::string RuleTable::image() const {
  Document scratch;
  Builder texts(scratch);
  texts.begin('[');
  for (const Text& t : texts_) {
    texts.put(static_cast<int>(t.rule));
    texts.put(static_cast<int>(t.kind));
    texts.put(t.fold);
    texts.put(t.text);
  }
  texts.end();
  std::string out;
  for (const Value& part : {rules_, answers_, texts.finish()}) append_value(out, part);
  return out;
}

void RuleTable::take(std::string_view image, KnownAnswers known) {
  image_ = image;
  known_ = known;
  decoded_ = false;
}

const RuleTable& RuleTable::ready() const {
  if (!image_.empty()) std::call_once(once_, [this] { const_cast<RuleTable*>(this)->decode(); });
  return *this;
}

void RuleTable::decode() {
  ValueReader reader(image_, document_);
  Value texts;
  if (!reader.next(rules_) || !reader.next(answers_) || !reader.next(texts) || texts.size() % 4 != 0)
    throw Error("the snapshot of rule table '" + std::string(name) + "' is damaged: delete the snapshot file");  // its hash was right
  matcher_.know(known_);
  for (std::size_t i = 0; i < texts.size(); i += 4)
    matcher_.add(static_cast<std::uint32_t>(texts.at(i).u64()), static_cast<MatcherKind>(texts.at(i + 1).u64()), texts.at(i + 2).boolean(), texts.at(i + 3).str());
  decoded_ = true;
}

}  // namespace modelsig
