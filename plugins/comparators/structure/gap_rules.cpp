#include "gap_rules.hpp"

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

void append(std::string& to, const std::string& text) { (to += to.empty() ? "" : "; ") += text; }

std::string words(std::string id) {  // head_dim: head dim
  std::replace(id.begin(), id.end(), '_', ' ');
  return id;
}

void put_fact(const Part& part, std::string_view id, ms::Writer& out) {
  const Fact* f = part.fact(id);
  if (!f || f->values.empty()) return;
  if (f->values.size() == 1) return f->values[0].write(out);
  auto list = out.array();
  for (const Scalar& v : f->values) v.write(out);
}

// Names with the model they are asked of in front: "a.heads", "target.heads".
struct Named { std::string_view name; const Part& part; };
void put_named(const Named& x, const Named& y, std::string_view name, ms::Writer& out) {
  for (const Named& side : {x, y})
    if (name.starts_with(side.name) && name.size() > side.name.size() && name[side.name.size()] == '.')
      return put_fact(side.part, name.substr(side.name.size() + 1), out);
}

std::string joined(const ms::Node& list) {
  if (list.is_string()) return std::string(list.str());
  std::string out;
  for (ms::Node n : list.items()) (out += out.empty() ? "" : ", ") += n.str();
  return out;
}

}  // namespace

GapRules::GapRules(const ms::Call& call) {
  for (ms::Node node : call.rules("gap").items()) {
    const std::size_t asked = rules_.empty() ? 0 : rules_.back().first_asked + rules_.back().facts.size();
    rules_.push_back(read(call, node));
    rules_.back().first_asked = asked;
    for (ms::Node role : node["roles"].items()) claims_.push_back({std::string(role.str()), rules_.back().gap});
  }
  for (ms::Node node : call.rules("role_parts").items())
    for (ms::Node part : node["parts"].items()) role_parts_[std::string(node["id"].str())].emplace_back(part.str());
}

GapRules::Rule GapRules::read(const ms::Call& call, ms::Node node) {
  Rule r;
  const std::string at(node["at"].str());
  const auto word = [&](const char* key, std::string_view otherwise, std::initializer_list<std::string_view> allowed) {
    const std::string_view said = node[key].str(otherwise);
    if (std::find(allowed.begin(), allowed.end(), said) != allowed.end()) return std::string(said);
    std::string list;
    for (const std::string_view w : allowed) (list += list.empty() ? "" : ", ") += w;
    throw ms::Error(MS_INVALID_ARGUMENT, at + ": '" + key + "' of gap rule '" + std::string(node["id"].str()) + "' is '" + std::string(said) + "', expected " + list);
  };
  const auto expression = [&](const char* key) { return node[key] ? call.expression(node[key].str(), at) : nullptr; };
  r.condition = node["condition"].str();
  r.why = node["why"].str();
  r.engines = joined(node["engines"]);
  r.source = joined(node["source"]);
  r.at = at;
  const std::string_view towers = node["towers"].str("no");
  r.towers = towers == "no" ? Rule::Towers::no : towers == "only" ? Rule::Towers::only : Rule::Towers::also;
  r.id = node["id"].str();
  r.gap = node["gap"].str(r.id);
  r.severity = word("severity", "", {"always", "conditional", "info"});
  r.both = word("direction", "lacks", {"lacks", "both"}) == "both";
  const std::string breaks = word("breaks", "nothing", {"nothing", "part", "block"});
  r.breaks = breaks == "block" ? Breaks::block : breaks == "part" ? Breaks::part : Breaks::nothing;
  if (node["fact"]) r.facts.emplace_back(node["fact"].str());
  for (ms::Node f : node["facts"].items()) r.facts.emplace_back(f.str());
  r.value = expression("value");
  r.when = expression("when");
  r.lacks = expression("lacks");
  for (ms::Node text : node["opens"].items()) r.opens.push_back(call.expression(text.str(), at));
  r.message = ms::kit::Message(call, node["message"].str(), at);
  r.absent = node["absent"].boolean();
  r.structural = node["structural"].boolean();
  r.stated = node["stated"].boolean(true);
  if (!r.structural && r.facts.empty() && !r.value)
    throw ms::Error(MS_INVALID_ARGUMENT, at + ": gap rule '" + r.id + "' compares nothing: it needs 'fact', 'facts' or 'value'");
  return r;
}

bool GapRules::Claim::covers(std::string_view other) const {
  return other == role || (other.starts_with(role) && other[role.size()] == '.') || (role.front() == '*' && other.ends_with(std::string_view(role).substr(1)));
}

bool GapRules::speaks(std::string_view gap, std::string_view role) const {
  return std::any_of(claims_.begin(), claims_.end(), [&](const Claim& c) { return c.gap == gap && c.covers(role); });
}

bool GapRules::told(const std::vector<Gap>& gaps, std::string_view component, std::string_view role) const {
  return std::any_of(claims_.begin(), claims_.end(), [&](const Claim& c) {
    const auto of_it = [&](const Gap& g) { return g.id == c.gap && (g.component == component || g.part_missing); };
    return c.covers(role) && std::any_of(gaps.begin(), gaps.end(), of_it);
  });
}

void GapRules::begin(Gap& g, const Rule& r, const std::string& component) {
  g.id = r.gap;
  g.severity = r.severity;
  g.component = component;
  g.condition = r.condition;
  g.why = r.why;
  g.engines = r.engines;
  g.source = r.source;
  g.rule = r.at;
  g.breaks = r.breaks;
}

void GapRules::prepare(const ms::Call& call, Part& part) const {
  part.work_out(role_parts_);
  for (const Rule& r : rules_) {
    for (const std::string& id : r.facts) part.asked.push_back(part.fact(id));
    Fact& out = part.computed.emplace_back();
    if (!r.value) continue;
    try {
      out.values.push_back(Scalar::of(call.evaluate(r.value, [&](std::string_view name, ms::Writer& to) {
        if (const Fact* f = part.fact(name)) append(out.from, std::string(name) + " " + show(f->values) + (f->from.empty() ? "" : " (" + f->from + ")"));
        put_fact(part, name, to);
      })));
    } catch (const ms::Told&) {  // a fact that this model does not have
    }
    if (!out.values.empty() && !out.values[0]) out.values.clear();
  }
}

// The values of both, and who lacks one of the other's. Not known of one is no difference.
bool GapRules::differ(const Rule& r, const Part& a, const Part& b, Gap& g) const {
  bool differs = false;
  const auto compare = [&](const std::string& label, const Fact* x, const Fact* y) {
    static const Fact nothing;
    const Part& without = x ? b : a;  // whether the model has none, or it is not known
    if ((!x || !y) && (!r.absent || without.guessed || a.classes.empty() != b.classes.empty())) return;
    const auto& va = x ? x->values : nothing.values;
    const auto& vb = y ? y->values : nothing.values;
    if (va == vb) return;
    const bool a_lacks = lacks_any(va, vb) || (r.absent && vb.empty() && !va.empty());
    const bool b_lacks = lacks_any(vb, va) || (r.absent && va.empty() && !vb.empty());
    if (!a_lacks && !b_lacks) return;
    differs = true;
    g.by_a.misses |= a_lacks;
    g.by_b.misses |= b_lacks;
    const std::string shown = r.facts.size() > 1 ? label + " " : "";
    append(g.a, shown + show(va));
    append(g.b, shown + show(vb));
    (g.each += g.each.empty() ? "" : ", ") += words(label) + " " + show(va) + " against " + show(vb);
    append(g.evidence_a, x ? x->from : "no " + label);
    append(g.evidence_b, y ? y->from : "no " + label);
  };
  for (std::size_t i = 0; i < r.facts.size(); ++i) compare(r.facts[i], a.asked[r.first_asked + i], b.asked[r.first_asked + i]);
  if (!r.value) return differs;
  const auto number = static_cast<std::size_t>(&r - rules_.data());
  const Fact &x = a.computed[number], &y = b.computed[number];
  compare(r.id, x.values.empty() ? nullptr : &x, y.values.empty() ? nullptr : &y);
  return differs;
}

void GapRules::ask_plan(const ms::kit::TestPlan& plan, const Rule& r, const Part& proxy, const Part& target, Direction& out) {
  const auto ask = [&](const ms_expression* e) {
    return plan.ask(e, [&](std::string_view name, ms::Writer& to) { put_named({"proxy", proxy}, {"target", target}, name, to); });
  };
  if (r.lacks) out.misses = !ask(r.lacks).holds.empty();
  if (!out.misses || plan.empty() || r.opens.empty()) return;
  bool unknown = false, opens = false;
  for (const ms_expression* e : r.opens) {
    const auto asked = ask(e);
    unknown |= asked.unknown;
    opens |= !asked.holds.empty();
    for (const auto& choice : asked.holds)
      if (std::string at = plan.show(choice, true); !at.empty()) out.at.push_back(std::move(at));
  }
  out.condition = opens ? Condition::opens : unknown ? Condition::stated : Condition::closed;
}

void GapRules::compare(const ms::Call& call, const Part& a, const Part& b, std::vector<Gap>& out) const {
  const bool tower = a.tower || b.tower;
  const ms::kit::TestPlan plan(call);
  for (const Rule& r : rules_) {
    if (r.structural || r.towers == (tower ? Rule::Towers::no : Rule::Towers::only)) continue;
    Gap g;
    if (!differ(r, a, b, g)) continue;  // as most do not: the texts of the rule come later
    const auto sides = [&](std::string_view name, ms::Writer& to) { put_named({"a", a}, {"b", b}, name, to); };
    if (r.when && plan.ask(r.when, sides).holds.empty()) continue;
    if (r.both) g.by_a.misses = g.by_b.misses = true;
    ask_plan(plan, r, a, b, g.by_a);
    ask_plan(plan, r, b, a, g.by_b);
    g.planned = !plan.empty() && !r.opens.empty();
    const bool opens = g.by_a.condition == Condition::opens || g.by_b.condition == Condition::opens;
    if ((!g.by_a.misses && !g.by_b.misses) || (!r.stated && !opens)) continue;
    begin(g, r, a.name);
    g.message = r.message.show(call, [&](std::string_view name, ms::Writer& to) {
      if (name == "a" || name == "b" || name == "each") to.value(name == "a" ? g.a : name == "b" ? g.b : g.each);
      else sides(name, to);
    });
    out.push_back(std::move(g));
  }
}

Gap GapRules::structural(const ms::Call& call, std::string_view id, std::string component, std::string a, std::string b, std::string what) const {
  const auto rule = std::find_if(rules_.begin(), rules_.end(), [&](const Rule& r) { return r.id == id; });
  Gap g;
  if (rule != rules_.end()) begin(g, *rule, component);
  else g.id = id, g.severity = "always", g.component = std::move(component);
  g.a = std::move(a);
  g.b = std::move(b);
  g.message = rule == rules_.end() ? what : rule->message.show(call, [&](std::string_view name, ms::Writer& to) {
    if (name == "a") to.value(g.a);
    if (name == "b") to.value(g.b);
    if (name == "what") to.value(what);
  });
  return g;
}
