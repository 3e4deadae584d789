#include <modelsig/kit/number_text.hpp>

#include "sections.hpp"

namespace {

std::string rate(const ms::Node& share) { return share.is_number() ? ms::kit::percent(share.f64(), 1) : ""; }
std::string yes(const ms::Node& flag) { return flag.is_bool() ? flag.boolean() ? "✓" : "✗" : ""; }
std::string strong(const ms::Node& word) { return known(word).empty() ? "" : "**" + known(word) + "**"; }

// "A|B" as two names; a bar inside code would need an escape in tables and none elsewhere.
std::string pair_name(std::string_view name) {
  const std::size_t bar = name.find('|');
  return bar == name.npos ? code(name) : code(name.substr(0, bar)) + " | " + code(name.substr(bar + 1));
}

std::string overview(const ms::Node& pairs) {
  std::string out = head({"A", "B", "Architecture", "Keys", "P1", "P2", "P3", "Verdict", "Strategy"});
  for (auto [name, pair] : pairs.members()) {
    const std::size_t bar = name.find('|');
    out += row({code(name.substr(0, bar)), code(name.substr(bar + 1)), known(pair["isomorphism"]), rate(pair["coverage_rate"]),
                yes(pair["phase1_normalized_match"]), yes(pair["phase2_substructure_match"]), yes(pair["phase3_algebraic_consistent"]),
                strong(pair["substitution_verdict"]), known(pair["test_strategy"]["level"])});
  }
  return out + "\n";
}

std::string bullets(std::string_view title, const ms::Node& list) {
  if (list.size() == 0) return "";
  std::string out = "**" + std::string(title) + "**\n\n";
  for (ms::Node item : list.items()) out += "- " + escaped(known(item)) + "\n";
  return out + "\n";
}
std::string names(std::string_view title, const ms::Node& list) {
  return list.size() == 0 ? "" : "**" + std::string(title) + ":** " + codes(list) + "\n\n";
}

std::string scaling(const ms::Node& pair) {
  if (pair["scaling_analysis"].size() == 0) return "";
  std::string out = head({"Dimension", "A", "B", "B / A"});
  for (auto [name, scale] : pair["scaling_analysis"].members()) {
    out += row({code(name), escaped(known(scale["a"])), escaped(known(scale["b"])), known(scale["ratio"])});
  }
  return out + "\n";
}

std::string transfer(const ms::Node& found) {
  if (found.size() == 0) return "";
  return "**Quantisation transfer:** " + ms::kit::fixed(found["estimated_transferability"].f64(), 2) + " (" +
         escaped(known(found["confidence"])) + "), methods: " + codes(found["recommended_methods"]) + "\n\n" +
         bullets("Risks", found["arch_risk_factors"]) + bullets("Caveats", found["caveats"]);
}

std::string detail(std::string_view name, const ms::Node& pair) {
  const ms::Node strategy = pair["test_strategy"];
  std::string out = "### " + pair_name(name) + "\n\n" + strong(pair["substitution_verdict"]) + "\n\n";
  out += bullets("Because", pair["verdict_reasons"]);
  for (auto [step, error] : pair["errors"].members()) out += "- **failed** " + code(step) + ": " + escaped(known(error)) + "\n\n";
  if (strategy.size() > 0) out += "**Test:** " + escaped(known(strategy["test_scope"])) + " " + escaped(known(strategy["description"])) + "\n\n";
  out += scaling(pair);
  out += names("Only in A", pair["only_in_a"]) + names("Only in B", pair["only_in_b"]);
  out += names("Operators that B adds", pair["missing_highlevel_ops"]) + names("Tensors that scale unevenly", pair["non_uniform_shape_keys"]);
  return out + transfer(pair["quant_transfer"]);
}

}  // namespace

std::string pairs_section(const ms::Node& pairs) {
  if (pairs.size() == 0) return "";
  std::string out = "## Comparison\n\n" + overview(pairs);
  for (auto [name, pair] : pairs.members()) out += detail(name, pair);
  return out;
}

std::string plan_section(const ms::Node& plan) {
  if (plan.size() == 0) return "";
  std::string out = "## Test plan\n\n" + head({"Level", "Model", "Focus", "Why"});
  for (const auto& [key, label] : {std::pair("level1_structure", "1 structure"), std::pair("level2_numerical", "2 numerical"),
                                   std::pair("level3_runtime", "3 runtime"), std::pair("level4_canary", "4 canary")}) {
    for (ms::Node item : plan[key].items()) {
      std::string focus;
      for (ms::Node word : item["test_focus"].items()) focus += (focus.empty() ? "" : ", ") + escaped(word.str());
      out += row({label, code(item["model"].str()), focus, escaped(known(item["reason"]))});
    }
  }
  return out + "\n";
}
