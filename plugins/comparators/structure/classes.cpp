#include "classes.hpp"

#include <algorithm>
#include <numeric>

namespace {

using Counts = std::map<std::string, std::uint64_t>;  // layers of a design

Counts designs(const Part& part, bool mixed) {
  Counts out;
  for (const Class& c : part.classes) out[c.design(mixed)] += c.layers;
  return out;
}
std::uint64_t layers(const Counts& counts) {
  return std::accumulate(counts.begin(), counts.end(), std::uint64_t{0}, [](std::uint64_t n, const auto& c) { return n + c.second; });
}

std::string names(const std::vector<std::string>& list) {
  std::string out;
  for (const std::string& s : list) (out += out.empty() ? "" : "; ") += s;
  return out;
}

std::string text(const Counts& designs) {
  std::string out;
  for (const auto& [name, layers] : designs) (out += out.empty() ? "" : ", ") += std::to_string(layers) + " x " + name;
  return out.empty() ? "no layers" : out;
}

std::set<std::string> values(const Part& part, std::string_view fact) {
  std::set<std::string> out;
  for (const Class& c : part.classes)
    if (c.fact(fact)) out.insert(c.fact(fact).show());
  return out;
}

// Mixers and feed-forwards are code of their own: a layer that pairs two that both run in the proxy is no new path to it, if its layers
// pair any of them in more than one way. Where each has but one partner, a pairing may be.
bool runs(const Part& proxy, const Class& layer, bool mixed) {
  bool mixer = false, ffn = false;
  std::map<std::string, std::set<std::string>> with_mixer, with_ffn;
  for (const Class& c : proxy.classes) {
    const std::string m = c.mixer(mixed), f = c.fact("ffn_kind").show();
    mixer = mixer || m == layer.mixer(mixed), ffn = ffn || f == layer.fact("ffn_kind").show();
    with_mixer[m].insert(f), with_ffn[f].insert(m);
  }
  const auto several = [](const auto& partners) { return std::any_of(partners.begin(), partners.end(), [](const auto& p) { return p.second.size() > 1; }); };
  return mixer && ffn && several(with_mixer) && several(with_ffn);
}

// The designs of the target's layers whose code never runs in the proxy.
std::vector<std::string> missed(const Part& proxy, const Part& target, bool mixed) {
  std::set<std::string> out;
  const Counts there = designs(proxy, mixed);
  for (const Class& c : target.classes)
    if (!there.contains(c.design(mixed)) && !runs(proxy, c, mixed)) out.insert(c.design(mixed));
  return {out.begin(), out.end()};
}

// The beginning of the other model, layer for layer: a cut, not another design.
bool is_cut(const Part& shorter, const Part& longer) {
  const auto &s = shorter.sequence, &l = longer.sequence;
  return !s.empty() && s.size() < l.size() && std::equal(s.begin(), s.end(), l.begin());
}

Counts by_fact(const Part& part, std::string_view fact) {
  Counts out;
  for (const Class& c : part.classes)
    if (c.fact(fact)) out[c.fact(fact).show()] += c.layers;
  return out;
}

bool other_proportions(const Counts& x, const Counts& y) {
  const std::uint64_t all_x = layers(x), all_y = layers(y);
  return !std::equal(x.begin(), x.end(), y.begin(), y.end(), [&](const auto& p, const auto& q) { return p.first == q.first && p.second * all_y == q.second * all_x; });
}

// A layer of one model that is a layer of the other, module for module.
bool share_a_layer(const Part& a, const Part& b, const RoleParts& parts) {
  for (const Class& x : a.classes)
    for (const Class& y : b.classes)
      if (x.design(false) == y.design(false) && x.plain_roles(parts) == y.plain_roles(parts)) return true;
  return false;
}

// Where the layers of the model itself are: in one stack, in encoder and decoder, in two towers.
std::vector<std::string> stacks(const Anatomy& model) {
  std::vector<std::string> out;
  for (const Part& p : model.parts)
    if (!p.tower && !p.classes.empty()) out.push_back(p.name == "model" ? "a single stack" : p.name);
  return out;
}

}  // namespace

void compare_classes(const ms::Call& call, const GapRules& rules, const Part& a, const Part& b, std::vector<Gap>& out) {
  if (a.classes.empty() || b.classes.empty()) return;
  const auto say = [&](std::string_view id, const std::string& x, const std::string& y, const std::string& what, bool a_misses, bool b_misses) {
    Gap g = rules.structural(call, id, a.name, x, y, what);
    g.by_a.misses = a_misses;
    g.by_b.misses = b_misses;
    g.evidence_a = "layer classes " + text(designs(a, true));
    g.evidence_b = "layer classes " + text(designs(b, true));
    out.push_back(std::move(g));
  };
  const auto experts = [](const Part& p) { return values(p, "ffn_kind").contains("moe"); };
  const auto list = [](const std::set<std::string>& s) { return names({s.begin(), s.end()}); };
  const bool moe_a = experts(a), moe_b = experts(b);
  const bool cut = is_cut(a, b) || is_cut(b, a);
  const bool another_ffn = moe_a != moe_b && !cut;
  if (another_ffn) say("moe-vs-dense", list(values(a, "ffn_kind")), list(values(b, "ffn_kind")), "", true, true);
  const auto kinds_a = values(a, "attention_kind"), kinds_b = values(b, "attention_kind");
  if (kinds_a != kinds_b && !cut && (another_ffn || !share_a_layer(a, b, rules.role_parts())))
    return say("attention-kind", list(kinds_a), list(kinds_b), "", true, true);
  if (another_ffn) return;

  // a window in every layer is a condition (window), not a class; a mixture is
  const bool mixed = a.mixes_attention() || b.mixes_attention();
  const Counts da = designs(a, mixed), db = designs(b, mixed);
  const auto attention = [&](const Part& p) { return mixed ? values(p, "attention") : std::set<std::string>{}; };
  const bool another_mix = attention(a) != attention(b) || kinds_a != kinds_b;
  const auto proportions = [&](std::string_view id, std::string_view fact) {
    const Counts x = by_fact(a, fact), y = by_fact(b, fact);
    if (other_proportions(x, y)) say(id, text(x), text(y), "", true, true);
  };
  if (!another_mix && !cut) {
    if (mixed) proportions("attention-mix/ratio", "attention");
    if (moe_a) proportions("moe-interleave", "ffn_kind");
  }
  const auto same = [](const auto& p, const auto& q) { return p.first == q.first; };
  if (std::equal(da.begin(), da.end(), db.begin(), db.end(), same)) return;
  const auto by_a = missed(a, b, mixed), by_b = missed(b, a, mixed);
  if (another_mix) say("attention-mix", list(attention(a).empty() ? kinds_a : attention(a)), list(attention(b).empty() ? kinds_b : attention(b)), "", !by_a.empty(), !by_b.empty());
  if (by_a.empty() && by_b.empty()) return say("layer-class-lost/pairing", text(da), text(db), "", true, true);
  std::string what;
  if (!by_a.empty()) what += "A has no layer of " + names(by_a);
  if (!by_b.empty()) what += (what.empty() ? "" : ", ") + ("B has no layer of " + names(by_b));
  say("layer-class-lost", text(da), text(db), what, !by_a.empty(), !by_b.empty());
}

void compare_parts(const ms::Call& call, const GapRules& rules, const Anatomy& a, const Anatomy& b, std::vector<Gap>& out) {
  const auto own_a = stacks(a), own_b = stacks(b);
  const bool arranged_alike = own_a == own_b || own_a.empty() || own_b.empty();
  if (!arranged_alike) {
    Gap g = rules.structural(call, "stacks", "model", names(own_a), names(own_b), "");
    g.by_a.misses = g.by_b.misses = g.part_missing = true;
    out.push_back(std::move(g));
  }
  const auto missing = [&](const Anatomy& from, const Anatomy& in, bool a_lacks) {
    for (const Part& p : from.parts) {
      if (in.part(p.name) || rules.told(out, "model", p.name) || (!arranged_alike && !p.tower)) continue;
      const std::string_view whole = std::string_view(p.name).substr(0, p.name.rfind('/'));  // "vision" of "vision/global"
      if (whole != p.name && from.part(whole) && !in.part(whole)) continue;
      Gap g = rules.structural(call, "tower-missing", p.name, a_lacks ? "no " + p.name : p.name, a_lacks ? p.name : "no " + p.name, p.name);
      (a_lacks ? g.by_a.misses : g.by_b.misses) = g.part_missing = true;
      out.push_back(std::move(g));
    }
  };
  missing(b, a, true);
  missing(a, b, false);
}

// Modules that only one has and no gap speaks of yet: parts of the design, or buffers that another file leaves to the engine.
void compare_modules(const ms::Call& call, const GapRules& rules, const Part& a, const Part& b, std::vector<Gap>& out) {
  if (a.guessed || b.guessed || a.classes.empty() != b.classes.empty()) return;
  const auto only = [&](const std::set<std::string>& one, const std::set<std::string>& other, bool buffers) {
    std::vector<std::string> list;
    for (const std::string& role : one)
      if (!other.contains(role) && !rules.told(out, a.name, role) && rules.speaks("stored-buffers", role) == buffers) list.push_back(role);
    return list;
  };
  for (const bool buffers : {false, true}) {
    const auto in_a = only(a.plain_roles, b.plain_roles, buffers), in_b = only(b.plain_roles, a.plain_roles, buffers);
    if (in_a.empty() && in_b.empty()) continue;
    Gap g = rules.structural(call, buffers ? "stored-buffers" : "optional-part", a.name, in_a.empty() ? "none" : names(in_a), in_b.empty() ? "none" : names(in_b), "");
    g.by_a.misses = !in_b.empty();
    g.by_b.misses = !in_a.empty();
    out.push_back(std::move(g));
  }
}
