#include "facts.hpp"

#include "scope.hpp"

FactRules::FactRules(const ms::Call& call) {
  for (ms::Node node : call.rules("fact").items()) {
    Rule& rule = rules_.emplace_back();
    rule.id = node["id"].str();
    rule.group = node["group"].str();
    rule.at = node["at"].str();
    if (const std::string_view all = node["unsaid"].str(); !all.empty()) rule.unsaid.emplace(all);
    for (ms::Node value : node["unsaid"].items()) rule.unsaid.emplace(value.str());
    const std::string_view at = node["at"].str();
    if (node["when"]) rule.when = call.expression(node["when"].str(), at);
    for (ms::Node text : node["from"].items()) rule.from.push_back({text.str()});
  }
}

std::vector<std::pair<const FactRules::Rule*, Fact>> FactRules::ask(const ms::Call& call, const Component& part, const Stack* stack,
                                                                    const LayerClass* layer) const {
  std::vector<std::pair<const Rule*, Fact>> out;
  Scope scope(part, stack, layer);
  const Rule* asked = nullptr;
  const auto value_of = [&](const ms_expression* e) {
    try {
      return FactValue::of(call.evaluate(e, [&](std::string_view name, ms::Writer& to) { scope.look_up(name, to); }));
    } catch (const ms::Told&) {  // a division by a config's 0, a list where a number belongs
      call.problem(MS_WARN, asked->id, "this fact cannot be computed from this configuration (" + asked->at + ")");
      return FactValue();
    }
  };
  // The first value; one that only the config class fills in gives way to a spelling that the config itself has.
  const auto first = [&](const Rule& rule) {
    Fact filled_in;
    for (const Source& source : rule.from) {
      if (!source.parsed) source.parsed = call.expression(source.text, rule.at);
      scope.sources();
      Fact fact{value_of(source.parsed), {}};
      const Scope::Sources sources = scope.sources();
      if (!fact.value) continue;
      if (part.guessed && fact.value.kind == 'b' && !fact.value.truth() && !sources.config) continue;  // not seen is not absent
      fact.from = sources.text;
      fact.assumed = part.family.empty() && !sources.config_only;
      if (!filled_in.value && !(sources.defaults && !sources.config)) return fact;
      if (!filled_in.value) filled_in = std::move(fact);
      else if (sources.config) return fact;
    }
    return filled_in;
  };
  for (const Rule& rule : rules_) {
    asked = &rule;
    if (rule.when && !value_of(rule.when).truth()) continue;
    Fact fact = first(rule);
    if (!fact.value) continue;
    scope.set(rule.id, fact);
    out.emplace_back(&rule, std::move(fact));
  }
  return out;
}
