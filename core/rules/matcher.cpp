#include "core/rules/matcher.hpp"

#include <re2/re2.h>
#include <re2/set.h>

#include <algorithm>

namespace modelsig {

namespace {

std::string lower(std::string_view text) {  // ASCII: the names and spellings that rules are about
  std::string out(text);
  for (char& c : out) if (c >= 'A' && c <= 'Z') c = static_cast<char>(c + ('a' - 'A'));
  return out;
}

RE2::Options options(std::int64_t memory, bool fold) {
  RE2::Options out;
  out.set_log_errors(false);
  out.set_max_mem(memory);
  out.set_case_sensitive(!fold);
  return out;
}

}  // namespace

struct Matcher::Set {
  RE2::Set regexes{options(kSetMemory, false), RE2::UNANCHORED};
  bool usable = false;
};

struct Matcher::Subject {
  Subject(std::string_view text, bool folds) : written(text), folded(folds ? lower(text) : std::string{}) {}
  std::string_view of(const Text& text) const { return text.fold ? std::string_view(folded) : written; }
  std::string_view written;
  std::string folded;
};

Matcher::Matcher() = default;
Matcher::~Matcher() = default;

std::optional<Matcher::BadPattern> Matcher::add(std::uint32_t rule, MatcherKind kind, bool fold, std::string_view text) {
  const auto index = static_cast<std::uint32_t>(texts_.size());
  texts_.push_back({rule, kind, fold, text, fold ? lower(text) : std::string{}});
  const Text& added = texts_.back();
  if (kind == MatcherKind::pattern) {
    patterns_.push_back(index);
    if (!trusted_ && add_to_set(added) < 0) {
      const RE2 regex(re2::StringPiece(added.written.data(), added.written.size()), options(kPatternMemory, fold));  // only this names the piece
      return BadPattern{index, regex.error(), regex.error_arg()};
    }
    return std::nullopt;
  }
  folds_ |= fold;
  if (kind == MatcherKind::exact) (fold ? exact_folded_ : exact_)[std::string(needle(added))].push_back(rule);
  else scans_.push_back(index);
  return std::nullopt;
}

std::optional<Matcher::BadPattern> Matcher::compile(std::size_t& budget) {
  if (!set_) return std::nullopt;  // no patterns, or known ones
  set_->usable = set_->regexes.Compile();
  if (set_->usable) return std::nullopt;
  std::optional<BadPattern> bad;
  std::call_once(singles_once_, [&] {
    for (const std::uint32_t i : patterns_) {
      singles_.push_back(single(texts_[i]));
      if (!singles_.back()->ok()) return void(bad = {i, singles_.back()->error(), {}});
      const auto size = static_cast<std::size_t>(std::max(0, singles_.back()->ProgramSize()));
      if (size > budget) return void(bad = {i, "the patterns of this rule set are too large together", {}});
      budget -= size;
    }
  });
  return bad;
}

int Matcher::add_to_set(const Text& text) const {
  if (!set_) set_ = std::make_unique<Set>();
  return set_->regexes.Add((text.fold ? "(?i)" : "") + std::string(text.written), nullptr);
}

void Matcher::know(KnownAnswers answers) {
  trusted_ = true;
  known_ = answers;
}

void Matcher::compile_known() const {
  std::call_once(set_once_, [this] {
    for (const std::uint32_t i : patterns_) add_to_set(texts_[i]);
    set_->usable = set_->regexes.Compile();
  });
}

KnownAnswers::Map Matcher::answers() const {
  const std::lock_guard guard(fresh_lock_);
  KnownAnswers::Map out = known_.all();
  out.insert(fresh_.begin(), fresh_.end());
  return out;
}

bool Matcher::has_fresh_answers() const {
  const std::lock_guard guard(fresh_lock_);
  return !fresh_.empty() || (has_patterns() && !trusted_);
}

std::unique_ptr<RE2> Matcher::single(const Text& text) { return std::make_unique<RE2>(re2::StringPiece(text.written.data(), text.written.size()), options(kPatternMemory, text.fold)); }

const std::vector<std::unique_ptr<re2::RE2>>& Matcher::singles() const {
  std::call_once(singles_once_, [this] {
    for (const std::uint32_t i : patterns_) singles_.push_back(single(texts_[i]));
  });
  return singles_;
}

bool Matcher::scan(const Text& text, const Subject& subject) const {
  const std::string_view in = subject.of(text), what = needle(text);
  switch (text.kind) {
    case MatcherKind::prefix: return in.starts_with(what);
    case MatcherKind::suffix: return in.ends_with(what);
    case MatcherKind::contains: return in.find(what) != std::string_view::npos;
    default: return false;
  }
}

template <class Use>
void Matcher::each_exact(const Subject& subject, Use use) const {
  if (auto it = exact_.find(subject.written); it != exact_.end()) for (auto rule : it->second) use(rule);
  if (exact_folded_.empty()) return;
  if (auto it = exact_folded_.find(std::string_view(subject.folded)); it != exact_folded_.end()) for (auto rule : it->second) use(rule);
}

std::vector<std::uint32_t> Matcher::match_patterns(std::string_view subject) const {
  if (trusted_) compile_known();
  std::vector<std::uint32_t> out;
  const re2::StringPiece piece(subject.data(), subject.size());
  if (set_->usable) {
    std::vector<int> found;
    RE2::Set::ErrorInfo error{};
    set_->regexes.Match(piece, &found, &error);
    if (error.kind == RE2::Set::kNoError) {
      for (int i : found) out.push_back(texts_[patterns_[static_cast<std::size_t>(i)]].rule);
      return out;
    }
  }
  for (std::size_t i = 0; i < patterns_.size(); ++i) if (RE2::PartialMatch(piece, *singles()[i])) out.push_back(texts_[patterns_[i]].rule);
  return out;
}

template <class Use>
void Matcher::each_pattern(std::string_view subject, Use use) const {
  if (patterns_.empty()) return;
  if (const auto known = known_.find(subject)) {
    for (const std::uint32_t rule : *known) use(rule);
    return;
  }
  const std::vector<std::uint32_t> found = match_patterns(subject);
  for (const std::uint32_t rule : found) use(rule);
  if (!remembers_) return;
  const std::lock_guard guard(fresh_lock_);
  if (known_.size() + fresh_.size() < kMaxAnswers) fresh_.emplace(subject, found);
}

std::uint32_t Matcher::first(std::string_view text) const {
  const Subject subject(text, folds_);
  std::uint32_t best = kNone;
  const auto use = [&](std::uint32_t rule) { best = std::min(best, rule); };
  each_exact(subject, use);
  for (std::uint32_t i : scans_) {
    if (texts_[i].rule >= best) break;
    if (scan(texts_[i], subject)) use(texts_[i].rule);
  }
  if (!patterns_.empty() && texts_[patterns_.front()].rule < best) each_pattern(text, use);
  return best;
}

std::vector<std::uint32_t> Matcher::all(std::string_view text) const {
  const Subject subject(text, folds_);
  std::vector<std::uint32_t> out;
  const auto use = [&](std::uint32_t rule) { out.push_back(rule); };
  each_exact(subject, use);
  for (std::uint32_t i : scans_) if (scan(texts_[i], subject)) use(texts_[i].rule);
  each_pattern(text, use);
  std::sort(out.begin(), out.end());
  out.erase(std::unique(out.begin(), out.end()), out.end());
  return out;
}

std::string_view Matcher::why(std::uint32_t rule, std::string_view text) const {
  const Subject subject(text, folds_);
  std::size_t pattern = 0;
  for (const Text& t : texts_) {
    const std::size_t number = pattern;
    if (t.kind == MatcherKind::pattern) ++pattern;
    if (t.rule != rule) continue;
    const bool matches = t.kind == MatcherKind::pattern ? RE2::PartialMatch(re2::StringPiece(text.data(), text.size()), *singles()[number])
                         : t.kind == MatcherKind::exact ? subject.of(t) == needle(t) : scan(t, subject);
    if (matches) return t.written;
  }
  return {};
}

}  // namespace modelsig
