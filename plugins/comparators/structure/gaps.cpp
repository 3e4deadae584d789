#include "gaps.hpp"

#include <algorithm>

namespace {

std::string show(const std::vector<Scalar>& values) {
  std::string out;
  for (const Scalar& v : values) (out += out.empty() ? "" : ", ") += v.show();
  return out.empty() ? "none" : out;
}

bool has(const std::vector<Scalar>& values, const Scalar& v) { return std::find(values.begin(), values.end(), v) != values.end(); }
bool lacks_any(const std::vector<Scalar>& proxy, const std::vector<Scalar>& target) {
  return std::any_of(target.begin(), target.end(), [&](const Scalar& v) { return !has(proxy, v); });
}

void put_fact(const Part& part, std::string_view id, ms::Writer& out) {
  const Fact* f = part.fact(id);
  if (!f || f->values.empty()) return;
  if (f->values.size() == 1) return f->values[0].write(out);
  auto list = out.array();
  for (const Scalar& v : f->values) v.write(out);
}

void replace(std::string& text, std::string_view from, const std::string& to) {
  for (std::size_t at = 0; (at = text.find(from, at)) != text.npos; at += to.size()) text.replace(at, from.size(), to);
}

std::string joined(const ms::Node& list) {
  if (list.is_string()) return std::string(list.str());
  std::string out;
  for (ms::Node n : list.items()) (out += out.empty() ? "" : ", ") += n.str();
  return out;
}

}  // namespace

void Gap::write(ms::Writer& out) const {
  auto object = out.object();
  out.member("id", id);
  out.member("severity", severity);
  out.member("direction", a_misses && b_misses ? "both" : a_misses ? "a_for_b" : b_misses ? "b_for_a" : "none");
  out.member("component", component);
  out.member("a", a);
  out.member("b", b);
  out.member("message", message);
  if (!condition.empty()) out.member("condition", condition);
  if (!why.empty()) out.member("why", why);
  if (!engines.empty()) out.member("engines", engines);
  if (!source.empty()) out.member("source", source);
  auto evidence = out.object("evidence");
  out.member("a", evidence_a);
  out.member("b", evidence_b);
  out.member("rule", rule);
}

GapRules::GapRules(const ms::Call& call) {
  for (ms::Node node : call.rules("gap").items()) {
    Rule& r = rules_.emplace_back();
    r.node = node;
    r.id = node["id"].str();
    r.gap = node["gap"].str(r.id);
    r.severity = node["severity"].str("conditional");
    r.direction = node["direction"].str("lacks");
    if (node["fact"]) r.facts.emplace_back(node["fact"].str());
    for (ms::Node f : node["facts"].items()) r.facts.emplace_back(f.str());
    if (node["when"]) r.when = call.expression(node["when"].str(), node["at"].str());
    const std::string_view breaks = node["breaks"].str();
    r.breaks = breaks == "block" ? Breaks::block : breaks == "part" ? Breaks::part : Breaks::nothing;
    r.absent = node["absent"].boolean();
    r.structural = node["structural"].boolean();
    for (ms::Node role : node["roles"].items()) claimed_.emplace_back(role.str());
  }
  for (ms::Node node : call.rules("role_parts").items())
    for (ms::Node part : node["parts"].items()) role_parts_[std::string(node["id"].str())].emplace_back(part.str());
}

bool GapRules::claims(std::string_view role) const {
  return std::any_of(claimed_.begin(), claimed_.end(), [&](const std::string& c) {
    return role == c || (role.starts_with(c) && role[c.size()] == '.') || (c.front() == '*' && role.ends_with(std::string_view(c).substr(1)));
  });
}

Gap GapRules::start(const Rule& r, const std::string& component) const {
  Gap g;
  g.id = r.gap;
  g.severity = r.severity;
  g.component = component;
  g.message = r.node["message"].str();
  g.condition = r.node["condition"].str();
  g.why = r.node["why"].str();
  g.engines = joined(r.node["engines"]);
  g.source = joined(r.node["source"]);
  g.rule = r.node["at"].str();
  g.breaks = r.breaks;
  return g;
}

void GapRules::facts(const ms::Call& call, const Part& a, const Part& b, std::vector<Gap>& out) const {
  const bool main = a.name == "model" || a.name == "encoder" || a.name == "decoder";  // the rest are towers
  for (const Rule& r : rules_) {
    const std::string_view towers = r.node["towers"].str("no");
    if (r.structural || (main ? towers == "only" : towers == "no")) continue;
    bool a_misses = false, b_misses = false, differs = r.facts.empty();
    Gap g = start(r, a.name);
    for (const std::string& id : r.facts) {
      const Fact *fa = a.fact(id), *fb = b.fact(id);
      static const Fact nothing;
      if (!r.absent && (!fa || !fb)) continue;  // not known of one is no difference
      const auto& va = fa ? fa->values : nothing.values;
      const auto& vb = fb ? fb->values : nothing.values;
      const bool a_lacks = lacks_any(va, vb) || (r.absent && vb.empty() && !va.empty());
      const bool b_lacks = lacks_any(vb, va) || (r.absent && va.empty() && !vb.empty());
      if (!a_lacks && !b_lacks) continue;
      differs = true;
      a_misses |= a_lacks;
      b_misses |= b_lacks;
      const std::string label = r.facts.size() > 1 ? id + " " : "";
      (g.a += g.a.empty() ? "" : "; ") += label + show(va);
      (g.b += g.b.empty() ? "" : "; ") += label + show(vb);
      (g.evidence_a += g.evidence_a.empty() ? "" : "; ") += fa ? fa->from : "no " + id;
      (g.evidence_b += g.evidence_b.empty() ? "" : "; ") += fb ? fb->from : "no " + id;
    }
    if (!differs) continue;
    if (r.when) {
      const bool holds = Scalar::of(call.evaluate(r.when, [&](std::string_view name, ms::Writer& to) {
        if (name.starts_with("a.")) put_fact(a, name.substr(2), to);
        else if (name.starts_with("b.")) put_fact(b, name.substr(2), to);
      })).truth();
      if (!holds) continue;
    }
    if (r.direction == "both") a_misses = b_misses = true;
    g.a_misses = a_misses;
    g.b_misses = b_misses;
    replace(g.message, "{a}", g.a);
    replace(g.message, "{b}", g.b);
    out.push_back(std::move(g));
  }
}

Gap GapRules::structural(std::string_view id, std::string component, std::string a, std::string b, std::string what) const {
  Gap g;
  const auto rule = std::find_if(rules_.begin(), rules_.end(), [&](const Rule& r) { return r.id == id; });
  if (rule != rules_.end()) g = start(*rule, component);
  else g.id = id, g.severity = "always", g.component = std::move(component), g.message = "{what}";
  g.a = std::move(a);
  g.b = std::move(b);
  replace(g.message, "{a}", g.a);
  replace(g.message, "{b}", g.b);
  replace(g.message, "{what}", what);
  return g;
}
