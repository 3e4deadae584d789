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

bool Matcher::add(std::uint32_t rule, MatcherKind kind, bool fold, std::string_view text, BadPattern& bad) {
  const auto index = static_cast<std::uint32_t>(texts_.size());
  if (kind == MatcherKind::pattern) {
    auto regex = std::make_unique<RE2>(re2::StringPiece(text.data(), text.size()), options(kPatternMemory, fold));
    if (!regex->ok()) {
      bad = {regex->error(), regex->error_arg()};
      return false;
    }
    program_size_ += static_cast<std::size_t>(std::max(0, regex->ProgramSize()));
    patterns_.push_back({index, std::move(regex)});
  }
  texts_.push_back({rule, kind, fold, std::string(text), fold ? lower(text) : std::string{}});
  folds_ |= fold && kind != MatcherKind::pattern;
  if (kind == MatcherKind::exact) (fold ? exact_folded_ : exact_)[std::string(needle(texts_.back()))].push_back(rule);
  else if (kind != MatcherKind::pattern) scans_.push_back(index);
  return true;
}

void Matcher::compile() {
  if (patterns_.size() < 2) return;
  set_ = std::make_unique<Set>();
  for (const Pattern& p : patterns_) {
    const Text& text = texts_[p.text];
    if (set_->regexes.Add(text.fold ? "(?i)" + text.written : text.written, nullptr) < 0) return;
  }
  set_->usable = set_->regexes.Compile();  // false: too large together, so one by one
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

template <class Use>
void Matcher::each_pattern(std::string_view subject, Use use) const {
  const re2::StringPiece piece(subject.data(), subject.size());
  if (set_ && set_->usable) {
    std::vector<int> found;
    RE2::Set::ErrorInfo error{};
    set_->regexes.Match(piece, &found, &error);
    if (error.kind == RE2::Set::kNoError) {
      for (int i : found) use(texts_[patterns_[static_cast<std::size_t>(i)].text].rule);
      return;
    }
  }
  for (const Pattern& p : patterns_) if (RE2::PartialMatch(piece, *p.regex)) use(texts_[p.text].rule);
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
  if (!patterns_.empty() && texts_[patterns_.front().text].rule < best) each_pattern(text, use);
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
  auto pattern = patterns_.begin();
  for (std::uint32_t i = 0; i < texts_.size(); ++i) {
    const Text& t = texts_[i];
    if (t.kind == MatcherKind::pattern) {
      if (t.rule == rule && RE2::PartialMatch(re2::StringPiece(text.data(), text.size()), *pattern->regex)) return t.written;
      ++pattern;
    } else if (t.rule == rule && (t.kind == MatcherKind::exact ? subject.of(t) == needle(t) : scan(t, subject))) {
      return t.written;
    }
  }
  return {};
}

}  // namespace modelsig
