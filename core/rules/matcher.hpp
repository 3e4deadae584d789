// The matchers of one table, compiled: exact by hash, prefix, suffix and contains by scan, patterns by RE2::Set, all
// in one linear pass. Where a set's memory does not do they are tried one by one, which is linear too; those
// single patterns are compiled only then, as they would double the time that a rule set takes to load.
// Rules are numbers, in order.
// Compiling patterns and RE2's first walk through them is most of what a small model costs. So what an earlier run found
// out about the same patterns can be handed in (know): then they are compiled when another subject comes, or never.
#pragma once
#include <cstdint>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "core/rules/answers.hpp"
#include "core/rules/rule_file.hpp"

namespace re2 { class RE2; }

namespace modelsig {

class Matcher {
 public:
  static constexpr std::uint32_t kNone = UINT32_MAX;
  static constexpr std::int64_t kSetMemory = 4 << 20, kPatternMemory = 1 << 20;  // bytes RE2 may use
  struct BadPattern { std::uint32_t text; std::string why, where; };  // the n-th add, RE2's words, the piece they are about

  Matcher();
  ~Matcher();
  // One of a rule's texts, which must outlive this; rules in ascending order. fold: ASCII letters match in either case
  // (patterns: as RE2 folds).
  std::optional<BadPattern> add(std::uint32_t rule, MatcherKind kind, bool fold, std::string_view text);
  // Behind the last add, ahead of the first question. budget: instructions that patterns too large for a set may
  // take, less those that these do.
  std::optional<BadPattern> compile(std::size_t& budget);
  bool has_patterns() const { return !patterns_.empty(); }

  static constexpr std::size_t kMaxAnswers = 4096;  // per matcher
  void know(KnownAnswers answers);  // ahead of the first add: these patterns were compiled before, with these answers
  void remember() { remembers_ = true; }  // keep answers for the next run
  KnownAnswers::Map answers() const;  // all, those that know() brought too
  bool has_fresh_answers() const;  // or patterns that nobody knew

  std::uint32_t first(std::string_view subject) const;            // kNone: nothing matches
  std::vector<std::uint32_t> all(std::string_view subject) const; // ascending, each once
  // the first text of this rule that matches, as written; the rule must match
  std::string_view why(std::uint32_t rule, std::string_view subject) const;

 private:
  struct Text { std::uint32_t rule; MatcherKind kind; bool fold; std::string_view written; std::string folded; };
  struct Set;
  struct Subject;
  struct Hash : std::hash<std::string_view> { using is_transparent = void; };

  std::string_view needle(const Text& text) const { return text.fold ? text.folded : text.written; }
  bool scan(const Text& text, const Subject& subject) const;
  template <class Use> void each_exact(const Subject& subject, Use use) const;
  template <class Use> void each_pattern(std::string_view subject, Use use) const;
  std::vector<std::uint32_t> match_patterns(std::string_view subject) const;
  int add_to_set(const Text& text) const;
  void compile_known() const;
  static std::unique_ptr<re2::RE2> single(const Text& text);
  const std::vector<std::unique_ptr<re2::RE2>>& singles() const;  // as patterns_, compiled on first use

  std::vector<Text> texts_;
  std::vector<std::uint32_t> scans_;                // texts to scan for, ascending by rule
  std::unordered_map<std::string, std::vector<std::uint32_t>, Hash, std::equal_to<>> exact_, exact_folded_;
  std::vector<std::uint32_t> patterns_;             // texts that are patterns, ascending by rule
  mutable std::unique_ptr<Set> set_;
  KnownAnswers known_;
  bool trusted_ = false, remembers_ = false;
  mutable std::once_flag set_once_;
  mutable std::mutex fresh_lock_;
  mutable KnownAnswers::Map fresh_;
  mutable std::once_flag singles_once_;
  mutable std::vector<std::unique_ptr<re2::RE2>> singles_;
  bool folds_ = false;
};

}  // namespace modelsig
