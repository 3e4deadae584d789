#include "adapters.hpp"

#include <modelsig/kit/value_text.hpp>

#include <map>

namespace {

using Targets = std::map<std::string, ms::Node>;  // by role where it is known, else by module

Targets targets_of(ms::Node adapter) {
  Targets out;
  for (ms::Node t : adapter["targets"].items()) {
    std::string name(t["role"].str(t["module"].str()));
    if (out.contains(name)) name = t["module"].str();  // two modules of one role
    out.emplace(std::move(name), t);
  }
  return out;
}

std::string listed(const std::vector<std::string>& names) {
  std::string out;
  for (const std::string& n : names) out += (out.empty() ? "" : ", ") + n;
  return out.empty() ? "none" : out;
}

}  // namespace

void compare_adapters(const ms::Call& call, const GapRules& rules, ms::Node a, ms::Node b, std::vector<Gap>& gaps, ms::Writer& out) {
  const Targets in_a = targets_of(a), in_b = targets_of(b);
  const auto say = [&](std::string_view id, std::string x, std::string y, bool a_misses, bool b_misses) {
    Gap g = rules.structural(call, id, "adapter", std::move(x), std::move(y), "");
    g.by_a.misses = a_misses;
    g.by_b.misses = b_misses;
    gaps.push_back(std::move(g));
  };
  const auto differ = [&](std::string_view id, std::string_view key) {
    const std::string x = ms::kit::text(a[key], "not said"), y = ms::kit::text(b[key], "not said");
    if (x != y) say(id, x, y, true, true);
  };
  differ("adapter-kind", "kinds");
  differ("adapter-base", "base");
  std::vector<std::string> only_a, only_b, shared;
  for (const auto& [name, t] : in_a) (in_b.contains(name) ? shared : only_a).push_back(name);
  for (const auto& [name, t] : in_b)
    if (!in_a.contains(name)) only_b.push_back(name);
  if (!only_a.empty() || !only_b.empty()) say("adapter-targets", listed(only_a), listed(only_b), !only_b.empty(), !only_a.empty());
  const auto by_target = [&](std::string_view id, std::string_view key) {
    std::string x, y;
    for (const std::string& name : shared) {
      const std::string one = ms::kit::text(in_a.at(name)[key], "not known"), other = ms::kit::text(in_b.at(name)[key], "not known");
      if (one == other) continue;
      x += (x.empty() ? "" : ", ") + name + " " + one;
      y += (y.empty() ? "" : ", ") + name + " " + other;
    }
    if (!x.empty()) say(id, std::move(x), std::move(y), true, true);
  };
  by_target("adapter-rank", "ranks");
  by_target("adapter-shape", "shape");
  auto section = out.object("adapters");
  out.list("compared", std::vector<std::string>{"kinds", "base", "targets", "ranks", "shapes"});
  out.list("shared", shared);
  out.list("only_a", only_a);
  out.list("only_b", only_b);
}
