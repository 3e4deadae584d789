#include "markdown.hpp"

#include "lines.hpp"

namespace {

using ms::kit::text;

std::string row(std::string_view name, const std::string& value) { return "| " + std::string(name) + " | " + value + " |"; }
std::string code(std::string_view name) { return "`" + std::string(name) + "`"; }
bool shown(const ms::Node& value) { return value && !value.is_null(); }

void head(Lines& out, std::string_view first) {
  out.add("| " + std::string(first) + " | Value |");
  out.add("|" + std::string(first.size() + 2, '-') + "|-------|");
}

std::string_view badge(std::string_view level) {
  return level == "RECOMMENDED" ? "🟢" : level == "PARTIAL" ? "🟡" : level == "NOT_RECOMMENDED" ? "🔴" : "";
}

}  // namespace

void ReferenceMarkdown::model(Lines& out, std::string_view id, const ms::Node& model) {
  out.add("### " + code(id) + "\n");
  head(out, "Parameter");
  for (auto [key, value] : model["arch_fingerprint"].members()) if (shown(value)) out.add(row(key, text(value)));
  for (auto [key, value] : model["dimension_ratios"].members()) out.add(row(key, text(value)));
  out.add(row("kv_cache_shape_pattern", text(model["kv_cache_shape_pattern"], "")));
  out.add(row("abstract_tensor_keys", std::to_string(model["static_weight_signature"].size())));
  out.add(row("source", text(model["source"], "")));
  out.add();
  out.add("**Op types:** " + joined(model["op_types"], "`"));
  out.add("\n**Layer types:** " + joined(model["layer_types"], "`") + "\n");
}

void ReferenceMarkdown::pairs(Lines& out, const ms::Node& pairs) {
  out.add("## Coverage Matrix\n");
  out.add("| Pair | Isomorphism | Coverage | P1 | P2 | P3 | Verdict |");
  out.add("|------|-------------|----------|----|----|----|---------|");
  for (auto [pair, found] : pairs.members()) {
    const ms::Node node = found;
    const auto mark = [&](const char* phase) { return std::string(node[phase].boolean() ? "✓" : "✗") + " | "; };
    out.add("| " + code(pair) + " | **" + text(node["isomorphism"], "?") + "** | " + percent(node["coverage_rate"], 2) + " | " +
            mark("phase1_normalized_match") + mark("phase2_substructure_match") + mark("phase3_algebraic_consistent") + "**" +
            text(node["substitution_verdict"], "?") + "** |");
  }
  out.add();
}

void ReferenceMarkdown::strategies(Lines& out, const ms::Node& pairs) {
  out.add("## Test Strategy Summary\n");
  out.add("| Pair | Verdict | Strategy | Coverage | Scope |");
  out.add("|------|---------|----------|----------|-------|");
  for (auto [pair, found] : pairs.members()) {
    const ms::Node strategy = found["test_strategy"];
    const std::string level = text(strategy["level"], "?");
    out.add("| " + code(pair) + " | **" + text(found["substitution_verdict"], "?") + "** | " + std::string(badge(level)) + " **" + level +
            "** | " + percent(found["coverage_rate"], 1) + " | " + text(strategy["test_scope"], "") + " |");
  }
  out.add();
  for (auto [pair, found] : pairs.members()) {
    out.add("**" + code(pair) + "** — " + text(found["test_strategy"]["description"], ""));
    out.add("\n> " + text(found["recommendation"], "") + "\n");
  }
}

void ReferenceMarkdown::details(Lines& out, const ms::Node& pairs) {
  out.add("### Pair Details\n");
  for (auto [pair, found] : pairs.members()) {
    out.add("#### " + code(pair) + "\n");
    head(out, "Metric");
    for (const char* key : {"isomorphism", "substitution_verdict", "a_covers_b", "b_covers_a", "coverage_rate", "operator_coverage_rate",
                            "layer_type_coverage", "shape_compatibility", "can_substitute", "shape_ratios_all_uniform",
                            "structural_coverage"}) {
      if (shown(found[key])) out.add(row(key, text(found[key])));
    }
    out.add();
    if (const ms::Node keys = found["non_uniform_shape_keys"]; keys.size() > 0) {
      out.add("**Non-uniform shape keys:** " + ms::kit::notation(keys) + "\n");
    }
    if (const ms::Node missing = found["missing_highlevel_ops"]; missing.size() > 0) {
      out.add("**Missing ops in A:** " + ms::kit::notation(missing) + "\n");
    }
    if (const ms::Node estimate = found["quant_transfer"]; estimate.size() > 0) transfer(out, estimate);
  }
}

void ReferenceMarkdown::transfer(Lines& out, const ms::Node& transfer) {
  out.add("**Quantization Transferability (structural estimate):**\n");
  head(out, "Metric");
  for (const char* key : {"estimated_transferability", "confidence", "struct_sim_score", "op_hist_sim", "layer_type_hist_sim", "moe_correction"}) {
    if (transfer[key]) out.add(row(key, text(transfer[key])));
  }
  out.add();
  if (const ms::Node methods = transfer["recommended_methods"]; methods.size() > 0) {
    out.add("**Recommended quant methods:** " + joined(methods, "`") + "\n");
  }
  if (const ms::Node risks = transfer["arch_risk_factors"]; risks.size() > 0) {
    out.add("**Risk factors:**\n");
    for (ms::Node risk : risks.items()) out.add("- " + text(risk));
    out.add();
  }
}

void ReferenceMarkdown::plan(Lines& out, const ms::Node& plan) {
  out.add("## Multi-Fidelity Test Plan\n");
  for (const auto& [key, label] : {std::pair("level1_structure", "Level 1 — Structure / Conversion (Cheapest)"),
                                   std::pair("level2_numerical", "Level 2 — Numerical Validation"),
                                   std::pair("level3_runtime", "Level 3 — Runtime Characterisation"),
                                   std::pair("level4_canary", "Level 4 — Large Model Canary")}) {
    out.add("### " + std::string(label) + "\n");
    for (ms::Node item : plan[key].items()) {
      out.add("- **" + code(text(item["model"])) + "**: " + text(item["reason"]));
      out.add("  - Focus: " + joined(item["test_focus"]));
    }
    out.add();
  }
}

void ReferenceMarkdown::format(ms::Call&, ms::Node report, ms::Sink& sink) {
  Lines out;
  out.add("# " + text(report["tool"]) + " Analysis Report");
  out.add("\n**Version:** " + text(report["version"]) + "  **Timestamp:** " + text(report["timestamp"]) + "\n");
  out.add("## Models\n");
  for (auto [id, found] : report["models"].members()) model(out, id, found);
  if (const ms::Node found = report["coverage_matrix"]; found.size() > 0) pairs(out, found), strategies(out, found), details(out, found);
  if (const ms::Node found = report["multi_fidelity_plan"]; found.size() > 0) plan(out, found);
  sink.write(std::move(out).text());
}
