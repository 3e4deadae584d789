#include "table.hpp"

#include "lines.hpp"

namespace {

using ms::kit::left;
using ms::kit::text;

const std::string kDouble(78, '='), kSingle(78, '-');

std::string row(std::string_view name, std::string_view value) { return "  " + left(name, 22) + " " + std::string(value); }

std::string_view verdict_color(std::string_view word) {
  if (word == "FULL_SUBSTITUTE" || word == "RECOMMENDED") return "32";
  if (word == "PARTIAL_SUBSTITUTE" || word == "PARTIAL") return "33";
  if (word == "NO_SUBSTITUTE" || word == "NOT_RECOMMENDED") return "31";
  return "";
}

}  // namespace

std::string ReferenceTable::paint(std::string_view shown, std::string_view color) const {
  if (!color_) return std::string(shown);
  return (color.empty() ? "" : "\033[" + std::string(color) + "m") + std::string(shown) + "\033[0m";
}

void ReferenceTable::model(Lines& out, std::string_view id, const ms::Node& model) const {
  const ms::Node arch = model["arch_fingerprint"], ratios = model["dimension_ratios"];
  const auto field = [&](const char* name) { return text(arch[name], "?"); };
  out.add("\n   Model: " + paint(id, "36"));
  out.add(row("type", field("model_type")));
  out.add(row("hidden_size", field("hidden_size")));
  out.add(row("num_hidden_layers", field("num_hidden_layers")));
  out.add(row("num_attention_heads", field("num_attention_heads") + "  (kv: " + field("num_key_value_heads") + ")"));
  out.add(row("intermediate_size", field("intermediate_size")));
  out.add(row("head_dim", field("head_dim")));
  out.add(row("is_moe", field("is_moe")));
  if (arch["is_moe"].boolean()) out.add(row("num_experts", field("num_experts") + "  per_tok=" + field("num_experts_per_tok")));
  out.add(row("ffn_expansion", text(ratios["ffn_expansion"], "?")));
  out.add(row("gqa_ratio", text(ratios["gqa_ratio"], "?")));
  out.add(row("kv_cache_pattern", text(model["kv_cache_shape_pattern"], "?")));
  out.add(row("op_types", joined(model["op_types"])));
  out.add(row("layer_types", joined(model["layer_types"])));
  out.add(row("abstract_keys", std::to_string(model["static_weight_signature"].size())));
  out.add(row("source", text(model["source"], "?")));
}

void ReferenceTable::pairs(Lines& out, const ms::Node& pairs) const {
  out.add("\n" + kDouble);
  out.add("  Coverage Matrix");
  out.add(kDouble);
  out.add("  " + left("Pair", 44) + " " + left("Isomorphism", 14) + " " + ms::kit::right("Coverage", 9) + "  Verdict");
  out.add("  " + kSingle);
  for (auto [pair, members] : pairs.members()) {
    const ms::Node found = members;  // clang 14 captures no binding
    const std::string verdict = text(found["substitution_verdict"], "?");
    const auto phase = [&](const char* name, const char* shown) { return found[name].boolean() ? shown : "--"; };
    const std::string phases = std::string(phase("phase1_normalized_match", "P1")) + " " + phase("phase2_substructure_match", "P2") +
                               " " + phase("phase3_algebraic_consistent", "P3");
    out.add("  " + left(pair, 44) + " " + left(text(found["isomorphism"], "?"), 14) + " " +
            ms::kit::right(percent(found["coverage_rate"], 1), 9) + "  " + paint(verdict, verdict_color(verdict)) + "  [" + phases + "]");
  }
  out.add();
}

void ReferenceTable::strategies(Lines& out, const ms::Node& pairs) const {
  out.add(kDouble);
  out.add(paint("  Test Strategy Summary", "1"));
  out.add(kDouble);
  for (auto [pair, found] : pairs.members()) {
    const ms::Node strategy = found["test_strategy"], transfer = found["quant_transfer"], uneven = found["non_uniform_shape_keys"];
    const std::string level = text(strategy["level"], "?");
    out.add("  " + std::string(pair));
    out.add("    " + paint("[" + level + "]", verdict_color(level)) + "  " + text(strategy["test_scope"], ""));
    out.add("    " + text(strategy["description"], ""));
    out.add("    Recommendation : " + text(found["recommendation"], ""));
    if (transfer.size() > 0) {
      out.add("    Quant transfer : " + ms::kit::fixed(transfer["estimated_transferability"].f64(), 2) + " [" +
              text(transfer["confidence"], "?") + "]  →  " + joined(transfer["recommended_methods"]));
    }
    if (uneven.size() > 0) out.add("    Non-uniform keys: " + ms::kit::notation(uneven));
    out.add();
  }
}

void ReferenceTable::plan(Lines& out, const ms::Node& plan) const {
  out.add(kDouble);
  out.add("  Multi-Fidelity Test Plan");
  out.add(kDouble);
  for (const auto& [key, label] : {std::pair("level1_structure", "L1 Structure/Conversion (cheapest)"),
                                   std::pair("level2_numerical", "L2 Numerical (cosine/perplexity)"),
                                   std::pair("level3_runtime", "L3 Runtime (prefill/decode/KV)"),
                                   std::pair("level4_canary", "L4 Large Model Canary (memory/TP/PP)")}) {
    out.add("\n  " + paint(label, "1"));
    for (ms::Node item : plan[key].items()) {
      out.add("    - " + text(item["model"]));
      out.add("      " + text(item["reason"]));
      out.add("      Focus: " + joined(item["test_focus"]));
    }
  }
  out.add();
}

void ReferenceTable::format(ms::Call&, ms::Node report, ms::Sink& sink) {
  Lines out;
  out.add(kDouble);
  out.add(paint("  " + text(report["tool"]) + " v" + text(report["version"]), "1") + "  |  " + text(report["timestamp"]));
  out.add(kDouble);
  for (auto [id, found] : report["models"].members()) model(out, id, found);
  if (const ms::Node found = report["coverage_matrix"]; found.size() > 0) pairs(out, found), strategies(out, found);
  if (const ms::Node found = report["multi_fidelity_plan"]; found.size() > 0) plan(out, found);
  sink.write(std::move(out).text());
}
