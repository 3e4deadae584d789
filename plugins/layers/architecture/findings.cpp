#include "findings.hpp"

#include "scope.hpp"

FindingRules::FindingRules(const ms::Call& call) {
  for (ms::Node node : call.rules("finding").items()) {
    Rule& rule = rules_.emplace_back();
    rule.id = node["id"].str();
    rule.level = node["level"].str("warn");
    rule.text = node["text"].str();
    rule.at = node["at"].str();
    rule.when = call.expression(node["when"].str(), rule.at);
    for (std::size_t open = rule.text.find('{'); open != std::string::npos; open = rule.text.find('{', open + 1)) {
      const std::size_t close = rule.text.find('}', open);
      if (close == std::string::npos) break;
      const std::string hole = rule.text.substr(open + 1, close - open - 1);
      rule.holes.emplace_back("{" + hole + "}", call.expression(hole, rule.at));
    }
  }
}

void FindingRules::ask(const ms::Call& call, const Component& part, const Stack* stack, const LayerClass* layer,
                       const std::vector<std::pair<const FactRules::Rule*, Fact>>& facts, std::vector<Finding>& into) const {
  Scope scope(part, stack, layer);
  for (const auto& [rule, fact] : facts) scope.set(rule->id, fact);
  const std::string component = part.part.empty() ? "model" : part.part;
  const auto value_of = [&](const ms_expression* e) {
    try {
      return FactValue::of(call.evaluate(e, [&](std::string_view name, ms::Writer& to) { scope.look_up(name, to); }));
    } catch (const ms::Told&) {  // a size that is no number is another rule's business
      return FactValue();
    }
  };
  for (const Rule& rule : rules_) {
    if (std::any_of(into.begin(), into.end(), [&](const Finding& f) { return f.id == rule.id && f.component == component; })) continue;
    scope.sources();
    if (!value_of(rule.when).truth()) continue;
    Finding found{rule.id, rule.level, component, rule.text, scope.sources().text, rule.at};
    for (const auto& [hole, expression] : rule.holes)
      if (const std::size_t at = found.text.find(hole); at != std::string::npos) found.text.replace(at, hole.size(), value_of(expression).show());
    into.push_back(std::move(found));
  }
}

void family_findings(const ms::Node& family, std::vector<Finding>& into) {
  const auto add = [&](std::string_view list, std::string_view count, const std::string& what) {
    const std::uint64_t n = family[count].u64();
    if (n == 0) return;
    const ms::Node first = family[list].at(0);
    std::string name(first.is_string() ? first.str() : first["example"].str(first["pattern"].str(first["name"].str())));
    if (first["stored"]) name += ", stored as " + ms::kit::notation(first["stored"]) + " where " + ms::kit::notation(first["promised"]) + " is promised";
    std::string text = std::to_string(n) + (n == 1 ? " tensor " : " tensors ") + what;
    if (!name.empty()) text += (n == 1 ? ": " : ", first ") + name;
    into.push_back({std::string(list) + "-tensors", list == "unexpected" ? "warn" : "error", "model", text, "family " + std::string(family["family"].str()), ""});
  };
  add("absent", "absent_count", "that the configuration promises, absent");
  add("unexpected", "unexpected_count", "that the configuration does not promise");
  add("wrong_shape", "wrong_shape_count", "of another shape than the configuration says");
}
