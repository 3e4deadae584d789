#include <modelsig/kit/coverage_gap.hpp>

#include <algorithm>
#include <tuple>

#include "sections.hpp"

namespace {

using ms::kit::GapState;
using ms::kit::gap_state;

// "tensors of attn.q.bias" behind a value: where it was read
std::string side(const ms::Node& gap, const char* key) {
  const std::string from = known(gap["evidence"][key]);
  return known(gap[key]) + (from.empty() || from.size() > 60 ? "" : " (" + from + ")");
}

bool says_both(const ms::Node& gap) {
  const std::string_view text = gap["message"].str();
  return text.find(gap["a"].str()) != text.npos && text.find(gap["b"].str()) != text.npos;
}

std::string headed(const ms::Node& gap, std::size_t widest) {
  std::string text = ms::kit::left(known(gap["id"]), widest) + "  ";
  const std::string part = known(gap["component"]);
  if (part != "model" && !part.empty()) text += part + ": ";
  text += known(gap["message"]);
  const std::string_view d = gap["direction"].str();
  return text + (d == "a_for_b" ? " (only A misses it)" : d == "b_for_a" ? " (only B misses it)" : "");
}

// What follows the headline of a gap: values, condition, why and for whom.
void explain(Page& page, const ms::Node& gap, GapState state, std::size_t indent) {
  const auto more = [&](const std::string& text) { page.prose(" ", text, {}, indent); };
  const std::string condition = known(gap["condition"]), places = ms::kit::gap_places(gap);
  if (state == GapState::always || !says_both(gap)) more("A " + side(gap, "a") + ", B " + side(gap, "b"));
  if (!condition.empty()) more(state == GapState::planned ? (places.empty() ? "" : "at " + places + ": ") + condition : "if " + condition);
  if (state != GapState::always) return;
  more(known(gap["why"]));
  if (gap["engines"]) more("engines: " + known(gap["engines"]));
}

}  // namespace

void write_gaps(Page& page, const ms::Node& gaps) {
  std::size_t widest = 0;
  for (ms::Node gap : gaps.items())
    if (gap_state(gap) < GapState::closed) widest = std::max(widest, ms::kit::width(known(gap["id"])));
  widest = std::min<std::size_t>(widest, 24);  // an id of a rule of one's own may be long
  for (const auto& [state, title, color] : {std::tuple(GapState::always, "always missed", "31"), std::tuple(GapState::planned, "missed as planned", "31"),
                                            std::tuple(GapState::conditional, "under a condition", "33")}) {
    std::string_view name = title;
    for (ms::Node gap : gaps.items()) {
      if (gap_state(gap) != state) continue;
      page.row(name, page.paint(headed(gap, widest), color));
      name = " ";
      explain(page, gap, state, widest + 2);
    }
  }
  ms::kit::Words closed, info;
  for (ms::Node gap : gaps.items()) {
    const GapState state = gap_state(gap);
    if (state == GapState::closed) closed.push_back(known(gap["id"]) + " (" + known(gap["message"]) + ")");
    if (state == GapState::info) info.push_back(known(gap["message"]));
  }
  page.wrapped("not as planned", closed);
  page.wrapped("good to know", info);
}
