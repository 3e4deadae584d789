#include <modelsig/kit/architecture_text.hpp>
#include <modelsig/kit/coverage_gap.hpp>

#include "sections.hpp"

namespace {

using ms::kit::GapState;

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

std::string models(std::string_view name, const ms::Node& sizes) {
  const std::size_t bar = name.find('|');
  if (bar == name.npos) return "";
  const auto one = [&](const char* side, std::string_view id) {
    return std::string("- ") + (*side == 'a' ? "A" : "B") + " is " + code(id) + (sizes[side].u64() > 0 ? ", " + ms::kit::magnitude(sizes[side].f64()) + " parameters" : "") + "\n";
  };
  return one("a", name.substr(0, bar)) + one("b", name.substr(bar + 1)) + "\n";
}

std::string gaps(const ms::Node& list) {
  if (list.size() == 0) return "";
  std::string out = "**Coverage gaps**\n\n" + head({"Gap", "Missed", "What differs", "A", "B", "Where", "Why"});
  for (const auto& [state, word] : {std::pair(GapState::always, "always"), std::pair(GapState::planned, "as planned"), std::pair(GapState::conditional, "conditional"),
                                    std::pair(GapState::closed, "not as planned"), std::pair(GapState::info, "info")}) {
    for (ms::Node gap : list.items()) {
      if (ms::kit::gap_state(gap) != state) continue;
      const std::string part = known(gap["component"]), places = ms::kit::gap_places(gap);
      const std::string_view d = gap["direction"].str();
      const std::string missed = std::string(word) + (d == "a_for_b" ? ", by A" : d == "b_for_a" ? ", by B" : "");
      out += row({code(gap["id"].str()), missed, (part == "model" ? "" : escaped(part) + ": ") + escaped(known(gap["message"])), escaped(known(gap["a"])),
                  escaped(known(gap["b"])), (places.empty() ? "" : escaped(places) + ": ") + escaped(known(gap["condition"])), escaped(known(gap["why"]))});
    }
  }
  return out + "\n";
}

// Where it is judged by facts: the sentence, the models, both directions, the gaps.
std::string judgement(std::string_view name, const ms::Node& pair) {
  std::string out = known(pair["recommendation"]).empty() ? "" : escaped(known(pair["recommendation"])) + "\n\n";
  out += models(name, pair["logical_parameters"]);
  for (const auto& [key, title] : {std::pair("a_for_b", "A for B"), std::pair("b_for_a", "B for A")})
    out += bullets(std::string(title) + ": " + known(pair["stand_in"][key]["verdict"]), pair["stand_in"][key]["reasons"]);
  for (ms::Node axis : pair["axes_without_common_expression"].items())
    out += "- uneven axis: " + code(axis["role"].str()) + " axis " + known(axis["axis"]) + ", " + escaped(known(axis["a"])) + " in A, " + escaped(known(axis["b"])) + " in B\n";
  if (pair["axes_without_common_expression"].size() > 0) out += "\n";
  return out + gaps(pair["coverage_gaps"]) + bullets("Rests on", pair["rests_on"]);
}

std::string detail(std::string_view name, const ms::Node& pair) {
  const ms::Node strategy = pair["test_strategy"];
  std::string out = "### " + pair_name(name) + "\n\n" + strong(pair["substitution_verdict"]) + "\n\n";
  out += pair["stand_in"].size() > 0 ? judgement(name, pair) : bullets("Because", pair["verdict_reasons"]);
  for (auto [step, error] : pair["errors"].members()) out += "- **failed** " + code(step) + ": " + escaped(known(error)) + "\n\n";
  if (strategy.size() > 0) out += "**Test:** " + escaped(known(strategy["test_scope"])) + (pair["stand_in"].size() > 0 ? "" : " " + escaped(known(strategy["description"]))) + "\n\n";
  out += scaling(pair);
  out += names("Only in A", pair["only_in_a"]) + names("Only in B", pair["only_in_b"]);
  out += names("Operators that B adds", pair["missing_highlevel_ops"]) + names("Tensors that scale unevenly", pair["non_uniform_shape_keys"]);
  out += transfer(pair["quant_transfer"]);
  for (auto [part, found] : pair["components"].members()) out += detail(std::string(name) + " / " + std::string(part), found);
  return out;
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
