#include "stand_in.hpp"

#include <algorithm>

std::string_view to_string(Isomorphism i) {
  return i == Isomorphism::isomorphic ? "ISOMORPHIC" : i == Isomorphism::scale_only ? "SCALE_ONLY" : "DIFFERENT_ARCH";
}

StandIn stand_in(Isomorphism isomorphism, const std::vector<Gap>& gaps, bool proxy_is_a, bool all_conditions) {
  StandIn out;
  const auto missed = [&](const Gap& g) { return proxy_is_a ? g.a_misses : g.b_misses; };
  if (isomorphism == Isomorphism::different) {
    out.verdict = "NO_SUBSTITUTE";
    for (const Gap& g : gaps)
      if (g.breaks == Breaks::block) out.reasons.push_back(g.id + ": " + g.message);
    return out;
  }
  std::size_t conditional = 0;
  for (const Gap& g : gaps) {
    if (!missed(g)) continue;
    const bool condition = g.severity == "conditional";
    if (g.severity == "always" || (condition && all_conditions)) {
      out.reasons.push_back(g.id + ": " + g.message + (condition && !g.condition.empty() ? " (if " + g.condition + ")" : ""));
      if (std::find(out.blocking.begin(), out.blocking.end(), g.id) == out.blocking.end()) out.blocking.push_back(g.id);
    } else conditional += condition;
  }
  out.verdict = out.reasons.empty() ? "FULL_SUBSTITUTE" : "PARTIAL_SUBSTITUTE";
  if (out.reasons.empty()) out.reasons.emplace_back("every code path of the target runs in the proxy");
  if (conditional) out.reasons.push_back(std::to_string(conditional) + (conditional == 1 ? " gap opens" : " gaps open") + " only under a condition, see coverage_gaps");
  return out;
}
