#include <modelsig/kit/coverage_gap.hpp>
#include <modelsig/kit/number_text.hpp>

#include <algorithm>

#include "sections.hpp"

namespace {

constexpr std::size_t kWidest = 60;  // of the pair column; longer names get a line of their own

std::string phases(const ms::Node& pair) {
  const auto mark = [&](const char* name, const char* shown) { return pair[name].boolean() ? shown : "--"; };
  return std::string(mark("phase1_normalized_match", "P1")) + " " + mark("phase2_substructure_match", "P2") + " " +
         mark("phase3_algebraic_consistent", "P3");
}
std::string rate(const ms::Node& share) { return share.is_number() ? ms::kit::percent(share.f64(), 1) : "-"; }

void overview(Page& page, const ms::Node& pairs) {
  std::size_t widest = 4;
  for (auto [name, pair] : pairs.members()) widest = std::max(widest, ms::kit::width(name));
  widest = std::min(widest, kWidest);
  if (pairs.size() == 1 && pairs.at(0)["stand_in"]) return;  // one pair says it all below
  page.heading("Comparison");
  page.line("  " + ms::kit::left("A|B", widest) + "  " + ms::kit::left("architecture", 14) + "  " + ms::kit::right("keys", 6) + "  phases    verdict");
  for (auto [name, pair] : pairs.members()) {
    const std::string iso = known(pair["isomorphism"]);
    const std::string rest = page.judged(iso) + std::string(iso.size() < 14 ? 14 - iso.size() : 0, ' ') + "  " +
                             ms::kit::right(rate(pair["coverage_rate"]), 6) + "  " + phases(pair) + "  " +
                             page.judged(known(pair["substitution_verdict"]));
    if (ms::kit::width(name) > widest) page.line("  " + std::string(name)), page.line("  " + std::string(widest, ' ') + "  " + rest);
    else page.line("  " + ms::kit::left(name, widest) + "  " + rest);
  }
}

void transfer(Page& page, const ms::Node& found, const ms::Node& gaps) {
  if (found.size() == 0) return;
  page.prose("quantisation", ms::kit::fixed(found["estimated_transferability"].f64(), 2) + " " + page.judged(known(found["confidence"])) + "  " +
                               page.listed(found["recommended_methods"]));
  std::string_view name = "  risks";
  const auto all = gaps.items();
  for (ms::Node risk : found["arch_risk_factors"].items()) {
    const std::string text = known(risk);
    const bool told = std::any_of(all.begin(), all.end(), [&](ms::Node gap) { return text.ends_with(known(gap["message"])); });
    if (!told) page.prose(name, text), name = " ";
  }
}

std::string in_words(std::string_view isomorphism) {
  if (isomorphism == "ISOMORPHIC") return "the same blocks, optional parts and classes of layers";
  return isomorphism == "SCALE_ONLY" ? "the same blocks; optional parts or classes of layers differ" : "other blocks";
}

// What the gaps below do not say themselves: those of parts, what could not be read.
std::vector<std::string> reasons(const ms::Node& found, const ms::Node& gaps, std::string_view direction) {
  std::vector<std::string> out;
  const std::string_view verdict = found["verdict"].str();
  const auto told = [&](ms::Node gap) {
    const ms::kit::GapState state = ms::kit::gap_state(gap);
    return (state == ms::kit::GapState::always || state == ms::kit::GapState::planned) && ms::kit::gap_misses(gap, direction);
  };
  const auto all = gaps.items();
  if (verdict == "FULL_SUBSTITUTE" || std::any_of(all.begin(), all.end(), told)) return out;
  for (ms::Node reason : found["reasons"].items()) out.push_back(known(reason));
  return out;
}

// Each direction, once where both say the same.
void directions(Page& page, const ms::Node& pair) {
  const ms::Node gaps = pair["coverage_gaps"], ab = pair["stand_in"]["a_for_b"], ba = pair["stand_in"]["b_for_a"];
  const auto why_a = reasons(ab, gaps, "a_for_b"), why_b = reasons(ba, gaps, "b_for_a");
  const auto one = [&](std::string_view title, const ms::Node& found, const std::vector<std::string>& why) {
    page.row(title, page.judged(known(found["verdict"])));
    std::string_view name = "  because";
    for (const std::string& reason : why) page.prose(name, reason), name = " ";
  };
  if (ab["verdict"].str() == ba["verdict"].str() && why_a == why_b) return one("A for B, B for A", ab, why_a);
  one("A for B", ab, why_a);
  one("B for A", ba, why_b);
}

void models(Page& page, std::string_view name, const ms::Node& sizes) {
  const std::size_t bar = name.find('|');
  if (bar == name.npos) return;
  const auto size = [&](const char* side) { return sizes[side].u64() > 0 ? "  " + ms::kit::magnitude(sizes[side].f64()) + " parameters" : std::string(); };
  page.row("A", std::string(name.substr(0, bar)) + size("a"));
  page.row("B", std::string(name.substr(bar + 1)) + size("b"));
}

void judgement(Page& page, std::string_view name, const ms::Node& pair) {
  models(page, name, pair["logical_parameters"]);
  page.prose("answer", known(pair["recommendation"]), "1");
  const bool unknown = pair["substitution_verdict"].str() == "UNDETERMINED";
  if (!unknown && pair["isomorphism"].is_string()) page.row("designs", page.judged(known(pair["isomorphism"])) + "  " + in_words(pair["isomorphism"].str()));
  directions(page, pair);
  for (ms::Node axis : pair["axes_without_common_expression"].items())
    page.row("uneven axis", known(axis["role"]) + " axis " + known(axis["axis"]) + ": " + known(axis["a"]) + " in A, " + known(axis["b"]) + " in B");
  write_gaps(page, pair["coverage_gaps"], pair["substitution_verdict"].str());
  std::string_view title = "rests on";
  for (ms::Node what : pair["rests_on"].items()) page.prose(title, known(what)), title = " ";
}

void detail(Page& page, std::string_view name, const ms::Node& pair) {
  const ms::Node strategy = pair["test_strategy"];
  page.heading(name);
  const bool judged = pair["stand_in"].size() > 0;
  if (judged) judgement(page, name, pair);
  else {
    page.row("verdict", page.judged(known(pair["substitution_verdict"])));
    page.rows("  because", pair["verdict_reasons"]);
  }
  for (auto [step, error] : pair["errors"].members()) page.row("failed", std::string(step) + ": " + known(error));
  if (!judged) page.row("smaller", pair["smaller"].str() == "a" ? name.substr(0, name.find('|')) : pair["smaller"] ? name.substr(name.find('|') + 1) : "");
  if (strategy.size() > 0) page.prose("test strategy", known(strategy["level"]) + ": " + known(strategy["test_scope"]));
  if (!judged) page.prose("  because", known(strategy["description"]));
  if (!judged || pair["substitution_verdict"].str() != "NO_SUBSTITUTE") {
    page.prose("only in A", page.listed(pair["only_in_a"]));
    page.prose("only in B", page.listed(pair["only_in_b"]));
    page.prose("operators B adds", page.listed(pair["missing_highlevel_ops"]));
  }
  if (!judged) {
    page.prose("uneven shapes", page.listed(pair["non_uniform_shape_keys"]));
    for (auto [dimension, scale] : pair["scaling_analysis"].members())
      page.row("  " + std::string(dimension), known(scale["a"]) + " : " + known(scale["b"]) + "  (x " + known(scale["ratio"]) + ")");
  }
  transfer(page, pair["quant_transfer"], pair["coverage_gaps"]);
  for (auto [part, found] : pair["components"].members()) detail(page, std::string(name) + " / " + std::string(part), found);
}

}  // namespace

void write_pairs(Page& page, const ms::Node& pairs) {
  if (pairs.size() == 0) return;
  overview(page, pairs);
  for (auto [name, pair] : pairs.members()) detail(page, name, pair);
}

void write_plan(Page& page, const ms::Node& plan) {
  if (plan.size() == 0) return;
  page.heading("Test plan");
  for (const auto& [key, label] : {std::pair("level1_structure", "1 structure"), std::pair("level2_numerical", "2 numerical"),
                                   std::pair("level3_runtime", "3 runtime"), std::pair("level4_canary", "4 canary")}) {
    std::string_view name = label;
    for (ms::Node item : plan[key].items()) {
      page.prose(name, known(item["model"]) + ": " + page.listed(item["test_focus"]));
      page.prose("", known(item["reason"]));
      name = {};
    }
  }
}
