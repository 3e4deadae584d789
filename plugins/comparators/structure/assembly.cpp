#include "assembly.hpp"

#include <modelsig/kit/coverage_gap.hpp>
#include <modelsig/kit/value_text.hpp>

#include <algorithm>

namespace {

int rank(std::string_view verdict) {
  return verdict == "UNDETERMINED" ? 3 : verdict == "NO_SUBSTITUTE" ? 2 : verdict == "PARTIAL_SUBSTITUTE" ? 1 : verdict.empty() ? -1 : 0;
}

StandIn of_component(std::string_view name, ms::Node found) {
  StandIn out;
  out.verdict = found["verdict"].str();
  if (rank(out.verdict) == 0) return out;  // what speaks for a part is no news of the whole
  for (ms::Node reason : found["reasons"].items()) out.reasons.push_back(std::string(name) + ": " + std::string(reason.str()));
  return out;
}

std::optional<Isomorphism> judged(ms::Node pair) {
  for (const Isomorphism i : {Isomorphism::isomorphic, Isomorphism::scale_only, Isomorphism::different})
    if (pair["isomorphism"].str() == to_string(i)) return i;
  return std::nullopt;
}

const ComponentNote* find(const Anatomy& in, std::string_view name) {
  const auto it = std::find_if(in.components.begin(), in.components.end(), [&](const ComponentNote& c) { return c.name == name; });
  return it == in.components.end() ? nullptr : &*it;
}

void only_in(const ms::Call& call, const GapRules& rules, const Anatomy& from, const Anatomy& in, bool a_lacks, std::vector<Gap>& out) {
  for (const ComponentNote& c : from.components) {
    if (find(in, c.name)) continue;
    const std::string none = "no " + c.name;
    Gap g = rules.structural(call, c.analysed ? "component-missing" : "component-settings", c.name, a_lacks ? none : c.name, a_lacks ? c.name : none, c.name);
    (a_lacks ? g.by_a.misses : g.by_b.misses) = true;
    out.push_back(std::move(g));
  }
}

std::string shown(const ComponentNote& c, std::string_view file, std::string_view key) { return ms::kit::text(c.settings[file][key], "not set"); }

// Members of the settings that differ, each with its file: "scheduler_config: beta_end 0.012 against 0.02".
void compare_settings(const ms::Call& call, const GapRules& rules, const ComponentNote& a, const ComponentNote& b, std::vector<Gap>& out) {
  std::string left, right;
  const auto walk = [&](const ComponentNote& from, const ComponentNote& to, bool missing_only) {
    for (auto [file, values] : from.settings.members())
      for (auto [key, value] : values.members()) {
        if (key.starts_with('_') && key != "_class_name") continue;  // who wrote it, where it lay
        const ms::Node other = to.settings[file][key];
        if (missing_only ? bool(other) : ms::kit::text(other) == ms::kit::text(value)) continue;
        (left += left.empty() ? "" : ", ") += std::string(key) + " " + shown(a, file, key);
        (right += right.empty() ? "" : ", ") += std::string(key) + " " + shown(b, file, key);
      }
  };
  walk(a, b, false);
  walk(b, a, true);
  if (left.empty()) return;
  Gap g = rules.structural(call, "component-settings", a.name, left, right, a.name + " is set up in another way");
  g.by_a.misses = g.by_b.misses = true;
  out.push_back(std::move(g));
}

}  // namespace

StandIn weaker(StandIn one, StandIn other) {
  if (rank(one.verdict) < rank(other.verdict)) std::swap(one, other);
  if (rank(other.verdict) > 0 || one.reasons.empty()) one.reasons.insert(one.reasons.end(), other.reasons.begin(), other.reasons.end());
  one.blocking.insert(one.blocking.end(), other.blocking.begin(), other.blocking.end());
  return one;
}

Assembly compare_components(const ms::Call& call, const GapRules& rules, const Anatomy& a, const Anatomy& b, ms::Node so_far) {
  Assembly out;
  for (auto [name, pair] : so_far["components"].members()) {
    out.shared_names = out.shared_names && pair["phase1_normalized_match"].boolean();
    out.role_coverage = std::min(out.role_coverage, pair["role_coverage"].f64());
    if (const auto i = judged(pair)) out.worst = std::max(out.worst.value_or(Isomorphism::isomorphic), *i);
    out.a_for_b = weaker(std::move(out.a_for_b), of_component(name, pair["stand_in"]["a_for_b"]));
    out.b_for_a = weaker(std::move(out.b_for_a), of_component(name, pair["stand_in"]["b_for_a"]));
    for (ms::Node gap : pair["coverage_gaps"].items()) {
      const ms::kit::GapState state = ms::kit::gap_state(gap);
      if (state != ms::kit::GapState::always && state != ms::kit::GapState::planned) continue;
      if (ms::kit::gap_misses(gap, "a_for_b")) out.a_for_b.blocking.push_back(std::string(name) + "/" + std::string(gap["id"].str()));
      if (ms::kit::gap_misses(gap, "b_for_a")) out.b_for_a.blocking.push_back(std::string(name) + "/" + std::string(gap["id"].str()));
    }
  }
  only_in(call, rules, b, a, true, out.gaps);
  only_in(call, rules, a, b, false, out.gaps);
  for (const ComponentNote& c : a.components)
    if (const ComponentNote* d = find(b, c.name); d && !c.analysed && !d->analysed) compare_settings(call, rules, c, *d, out.gaps);
  return out;
}

std::optional<StandIn> adapters(const Anatomy& a, const Anatomy& b) {
  if (a.adapter.empty() == b.adapter.empty()) return std::nullopt;
  return StandIn{"NO_SUBSTITUTE", {std::string(a.adapter.empty() ? "B" : "A") + " is an adapter, not a model: it adapts " + (a.adapter.empty() ? b.adapter : a.adapter)}, {}};
}
