// The matchers of one table, compiled: exact by hash, prefix, suffix and contains by scan, patterns by RE2, all at
// once with RE2::Set (one linear pass) and one by one where its memory does not do. Rules are numbers, in order.
#pragma once
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "core/rules/rule_file.hpp"

namespace re2 { class RE2; }

namespace modelsig {

class Matcher {
 public:
  static constexpr std::uint32_t kNone = UINT32_MAX;
  static constexpr std::int64_t kSetMemory = 8 << 20, kPatternMemory = 1 << 20;  // bytes RE2 may use
  struct BadPattern { std::string why, where; };  // RE2's text, and the piece of the pattern it is about

  Matcher();
  ~Matcher();
  // One of a rule's texts; rules in ascending order. False and `bad` set: a pattern RE2 does not take.
  // fold: ASCII letters match in either case (patterns: as RE2 folds).
  bool add(std::uint32_t rule, MatcherKind kind, bool fold, std::string_view text, BadPattern& bad);
  void compile();                                   // behind the last add, ahead of the first question
  std::size_t program_size() const { return program_size_; }  // instructions of all patterns, what memory goes by

  std::uint32_t first(std::string_view subject) const;            // kNone: nothing matches
  std::vector<std::uint32_t> all(std::string_view subject) const; // ascending, each once
  // the first text of this rule that matches, as written; the rule must match
  std::string_view why(std::uint32_t rule, std::string_view subject) const;

 private:
  struct Text { std::uint32_t rule; MatcherKind kind; bool fold; std::string written, folded; };
  struct Pattern { std::uint32_t text; std::unique_ptr<re2::RE2> regex; };
  struct Set;
  struct Subject;
  struct Hash : std::hash<std::string_view> { using is_transparent = void; };

  std::string_view needle(const Text& text) const { return text.fold ? text.folded : text.written; }
  bool scan(const Text& text, const Subject& subject) const;
  template <class Use> void each_exact(const Subject& subject, Use use) const;
  template <class Use> void each_pattern(std::string_view subject, Use use) const;

  std::vector<Text> texts_;
  std::vector<std::uint32_t> scans_;                // texts to scan for, ascending by rule
  std::unordered_map<std::string, std::vector<std::uint32_t>, Hash, std::equal_to<>> exact_, exact_folded_;
  std::vector<Pattern> patterns_;
  std::unique_ptr<Set> set_;
  std::size_t program_size_ = 0;
  bool folds_ = false;
};

}  // namespace modelsig
