#include "stand_in.hpp"

#include <algorithm>

std::string_view to_string(Isomorphism i) {
  return i == Isomorphism::isomorphic ? "ISOMORPHIC" : i == Isomorphism::scale_only ? "SCALE_ONLY" : "DIFFERENT_ARCH";
}

StandIn stand_in(Isomorphism isomorphism, const std::vector<Gap>& gaps, bool proxy_is_a, bool all_conditions) {
  StandIn out;
  if (isomorphism == Isomorphism::different) {
    out.verdict = "NO_SUBSTITUTE";
    for (const Gap& g : gaps)
      if (g.breaks == Breaks::block) out.reasons.push_back(std::string(g.id) + ": " + g.message);
    return out;
  }
  std::size_t conditional = 0, closed = 0;
  for (const Gap& g : gaps) {
    const bool open = g.may_be_missed(proxy_is_a), misses = g.missed(proxy_is_a);
    closed += g.by(proxy_is_a).misses && g.by(proxy_is_a).condition == Condition::closed;
    if (misses || (open && all_conditions)) {
      const std::string id = g.shown(proxy_is_a);
      out.reasons.push_back(id + ": " + g.message + (open && !g.condition.empty() ? " (if " + std::string(g.condition) + ")" : ""));
      if (std::find(out.blocking.begin(), out.blocking.end(), id) == out.blocking.end()) out.blocking.push_back(id);
    } else conditional += open;
  }
  out.verdict = out.reasons.empty() ? "FULL_SUBSTITUTE" : "PARTIAL_SUBSTITUTE";
  if (out.reasons.empty()) out.reasons.emplace_back("every code path of the target runs in the proxy");
  if (conditional) out.reasons.push_back(std::to_string(conditional) + (conditional == 1 ? " gap opens" : " gaps open") + " only under a condition, see coverage_gaps");
  if (closed) out.reasons.push_back(std::to_string(closed) + (closed == 1 ? " gap does" : " gaps do") + " not open under this plan");
  return out;
}
