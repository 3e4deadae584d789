// Every binding of a line's indices for which its conditions hold, outermost first. A condition is asked as soon as its indices
// are bound, so a dense layer costs one step, not one for every expert it doesn't have.
#pragma once
#include <string>
#include <vector>

#include "core/families/model_scope.hpp"
#include "core/value/error.hpp"

namespace modelsig::families {

struct WalkBudget {
  std::uint64_t steps = 0;
  void step(const AppliedLine& line) {
    if (++steps > FamilyModel::kMaxSteps)
      throw Error(line.owner->family->name() + ": " + line.line->path + ": more than " + std::to_string(FamilyModel::kMaxSteps) + " places to look at", MS_LIMIT);
  }
};

// The level (number of bound holes) at which everything in `needs` is bound.
inline std::size_t level_of(const Family::Template& t, IndexSet needs) {
  std::size_t level = 0;
  for (std::size_t i = 0; i < t.indices.size(); ++i)
    if (needs >> t.indices[i] & 1) level = i + 1;
  return level;
}

// path of the line with what is bound filled in; the rest stays a {hole}
inline void fill(std::string& out, const AppliedLine& l, const Scope& scope) {
  out.clear();
  const auto& p = l.line->pattern;
  for (std::size_t h = 0; h < l.texts.size(); ++h) {
    if (h) {
      const std::uint8_t index = p.holes[h - 1];
      if (scope.mask() >> index & 1) {
        char digits[24];
        char* end = digits + sizeof digits;
        char* at = end;
        std::uint64_t v = scope.bound(index);
        do *--at = static_cast<char>('0' + v % 10); while (v /= 10);
        out.append(at, end);
      } else out += "{" + l.owner->family->indices()[index].name + "}";
    }
    out += l.texts[h];
  }
}

// `enter(level)` is called when the indices of a level are bound and its conditions hold, `leaf()` when all are, or when `depth` of
// them are: for lines on which the inner indices decide nothing.
template <class Enter, class Leaf>
void walk(const AppliedLine& l, Scope& scope, WalkBudget& budget, Enter&& enter, Leaf&& leaf, std::size_t depth = SIZE_MAX) {
  const Family::Template& t = *l.line;
  std::vector<std::size_t> levels;
  for (const auto& c : t.when) levels.push_back(level_of(t, c.needs));
  const auto go = [&](auto&& self, std::size_t level) -> void {
    budget.step(l);
    for (std::size_t c = 0; c < t.when.size(); ++c)
      if (levels[c] == level && !t.when[c].when.holds(scope.lookup())) return;
    enter(level);
    if (level == t.indices.size() || level == depth) return leaf();
    const std::uint8_t index = t.indices[level];
    const std::uint64_t n = scope.count(index);
    for (std::uint64_t i = 0; i < n; ++i) {
      scope.bind(index, i);
      self(self, level + 1);
    }
    scope.release(index);
  };
  try {
    go(go, 0);
  } catch (const Error& e) {
    std::string path;
    fill(path, l, scope);
    for (std::uint8_t i : t.indices) scope.release(i);
    if (e.status() == MS_LIMIT || std::string_view(e.what()).substr(0, l.owner->family->name().size() + 1) == l.owner->family->name() + ":") throw;
    throw Error(l.owner->family->name() + ": " + path + ": " + e.what(), e.status());
  }
}

}  // namespace modelsig::families
