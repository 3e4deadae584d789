// A coverage gap: what testing one model instead of the other would miss.
#pragma once
#include <modelsig/writer.hpp>

#include <string>
#include <string_view>
#include <vector>

// What a difference does to the comparison of the designs, beside being a gap.
enum class Breaks { nothing, part, block };         // part: SCALE_ONLY, block: DIFFERENT_ARCH
enum class Condition { stated, opens, closed };     // what the plan makes of it; stated: it does not say

struct Direction {                                  // one model is tested instead of the other
  bool misses = false;
  Condition condition = Condition::stated;
  std::vector<std::string> at;                      // where the plan opens it, if not everywhere: "tp=8"
};

struct Gap {
  std::string_view id, severity, condition, why, engines, source, rule;  // the rule's, which lives as long as the comparator
  std::string component, a, b, each, message, evidence_a, evidence_b;
  Direction by_a, by_b;                             // testing A instead of B; B instead of A
  // each: "hidden 1024 against 4096, heads 16 against 32", one fact after the other
  bool planned = false;                             // the plan was asked about it
  bool part_missing = false;                        // a whole part that only one has
  Breaks breaks = Breaks::nothing;

  const Direction& by(bool proxy_is_a) const { return proxy_is_a ? by_a : by_b; }
  bool conditional() const { return severity == "conditional"; }
  // a path of the target that never runs in the proxy: always, or under the plan
  bool missed(bool proxy_is_a) const;
  // missed if its condition holds, of which the plan does not say
  bool may_be_missed(bool proxy_is_a) const;
  std::string shown(bool proxy_is_a) const;         // its id, and where it opens: "tp-divisibility (tp=8)"
  void write(ms::Writer& out) const;
};
