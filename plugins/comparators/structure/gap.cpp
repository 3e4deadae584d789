#include "gap.hpp"

#include <modelsig/kit/coverage_gap.hpp>

namespace {

std::string_view word(Condition c) { return c == Condition::opens ? "opens" : c == Condition::closed ? "closed" : "not said"; }

void write_direction(std::string_view key, const Direction& d, ms::Writer& out) {
  auto object = out.object(key);
  out.member("condition", word(d.condition));
  if (!d.at.empty()) out.list("at", d.at);
}

}  // namespace

bool Gap::missed(bool proxy_is_a) const {
  const Direction& d = by(proxy_is_a);
  return d.misses && (severity == "always" || (conditional() && d.condition == Condition::opens));
}

bool Gap::may_be_missed(bool proxy_is_a) const {
  const Direction& d = by(proxy_is_a);
  return d.misses && conditional() && d.condition == Condition::stated;
}

std::string Gap::shown(bool proxy_is_a) const {
  const Direction& d = by(proxy_is_a);
  return std::string(id) + (conditional() && !d.at.empty() ? " (" + ms::kit::places_text(d.at) + ")" : "");
}

void Gap::write(ms::Writer& out) const {
  auto object = out.object();
  out.member("id", id);
  out.member("severity", severity);
  out.member("direction", by_a.misses && by_b.misses ? "both" : by_a.misses ? "a_for_b" : by_b.misses ? "b_for_a" : "none");
  out.member("component", component);
  out.member("a", a);
  out.member("b", b);
  out.member("message", message);
  if (!condition.empty()) out.member("condition", condition);
  if (planned && conditional()) {
    auto plan = out.object("plan");
    if (by_a.misses) write_direction("a_for_b", by_a, out);
    if (by_b.misses) write_direction("b_for_a", by_b, out);
  }
  if (!why.empty()) out.member("why", why);
  if (!engines.empty()) out.member("engines", engines);
  if (!source.empty()) out.member("source", source);
  auto evidence = out.object("evidence");
  out.member("a", evidence_a);
  out.member("b", evidence_b);
  out.member("rule", rule);
}
