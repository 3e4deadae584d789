// One table of a rule set. Made by the loader, or taken from a snapshot's image: then it is decoded when it is first
// asked, as most runs ask few of them. Inside core/rules only.
#pragma once
#include <mutex>
#include <vector>

#include "core/rules/matcher.hpp"
#include "core/rules/rule_file.hpp"

namespace modelsig {

class RuleTable {
 public:
  std::string_view name;
  bool labels = false, collect = false;
  std::vector<Rule> sources;  // same order as rules(); none in a table from an image
  TablePayload payload;       // as the files declare it; none in a table from an image

  const Value& rules() const { return ready().rules_; }      // array, what plugins see
  const Value& answers() const { return ready().answers_; }  // array, {"value", "rule", "at"} of each, if the table labels
  const Matcher& matcher() const { return ready().matcher_; }

  struct Text { std::uint32_t rule; MatcherKind kind; bool fold; std::string_view text; };
  // By the loader. The first text that is no pattern RE2 takes is returned.
  std::optional<Matcher::BadPattern> fill(Value rules, Value answers, std::vector<Text> texts, std::size_t& budget);
  void remember() { matcher_.remember(); }

  std::string image() const;  // rules, answers and texts as bytes
  void take(std::string_view image, KnownAnswers known);  // the bytes must outlive the table
  // What this run found out on top of what was known; nothing if nothing.
  bool has_fresh_answers() const { return decoded_ && matcher_.has_fresh_answers(); }
  KnownAnswers::Map known_answers() const { return decoded_ ? matcher_.answers() : known_.all(); }

 private:
  const RuleTable& ready() const;
  void decode();

  Value rules_, answers_;
  std::vector<Text> texts_;
  Matcher matcher_;
  std::string_view image_;
  KnownAnswers known_;
  Document document_;  // of what was decoded
  mutable std::once_flag once_;
  bool decoded_ = true;
};

}  // namespace modelsig
