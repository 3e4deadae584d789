#include <modelsig/kit/coverage_gap.hpp>

#include <algorithm>
#include <tuple>

#include "sections.hpp"

namespace {

using ms::kit::GapState;
using ms::kit::gap_state;

// "config key head_dim": where a value was read
std::string source(const ms::Node& gap, const char* key) {
  const std::string from = known(gap["evidence"][key]);
  return from.size() > 60 ? "" : from;
}
// "by config key a in A, tensors of b in B"; what is not there has no place
std::string sources(const ms::Node& gap) {
  std::string a = source(gap, "a"), b = source(gap, "b");
  if (a == b) return a.empty() ? "" : "by " + a;
  if (a.starts_with("no ")) a.clear();
  if (b.starts_with("no ")) b.clear();
  if (a.empty() && b.empty()) return "";
  return "by " + (a.empty() ? "" : a + " in A") + (a.empty() || b.empty() ? "" : ", ") + (b.empty() ? "" : b + " in B");
}
std::string side(const ms::Node& gap, const char* key) {
  const std::string from = source(gap, key);
  return known(gap[key]) + (from.empty() ? "" : " (" + from + ")");
}

// "hidden 1024; heads 16" is said where 1024 and 16 are.
bool says(std::string_view text, std::string_view side) {
  while (!side.empty()) {
    const std::string_view one = side.substr(0, side.find("; "));
    side.remove_prefix(std::min(side.size(), one.size() + 2));
    if (text.find(one) == text.npos && text.find(one.substr(std::min(one.find(' '), one.size() - 1) + 1)) == text.npos) return false;
  }
  return true;
}

std::string headed(const ms::Node& gap, std::size_t widest) {
  std::string text = ms::kit::left(known(gap["id"]), widest) + "  ";
  const std::string part = known(gap["component"]);
  const std::string message = known(gap["message"]);
  if (part != "model" && !message.starts_with(part)) text += part + ": ";
  text += message;
  const std::string_view d = gap["direction"].str();
  return text + (d == "a_for_b" ? " (only A misses it)" : d == "b_for_a" ? " (only B misses it)" : "");
}

// What follows the headline of a gap: values, condition, why and for whom.
void explain(Page& page, const ms::Node& gap, GapState state, std::size_t indent) {
  const auto more = [&](const std::string& text) { page.prose(" ", text, {}, indent); };
  const std::string condition = known(gap["condition"]), places = ms::kit::gap_places(gap);
  const std::string_view message = gap["message"].str();
  if (!says(message, gap["a"].str()) || !says(message, gap["b"].str())) more("A " + side(gap, "a") + ", B " + side(gap, "b"));
  else if (state == GapState::always) more(sources(gap));
  if (!condition.empty()) more(state == GapState::planned ? (places.empty() ? "" : "at " + places + ": ") + condition : "if " + condition);
  if (state != GapState::always) return;
  more(known(gap["why"]));
  if (gap["engines"]) more("engines: " + known(gap["engines"]));
}

}  // namespace

void write_gaps(Page& page, const ms::Node& gaps, std::string_view verdict) {
  const bool other = verdict == "NO_SUBSTITUTE", unknown = verdict == "UNDETERMINED";
  std::size_t widest = 0;
  for (ms::Node gap : gaps.items())
    if (gap_state(gap) < (other ? GapState::conditional : GapState::closed)) widest = std::max(widest, ms::kit::width(known(gap["id"])));
  widest = std::min<std::size_t>(widest, 24);  // an id of a rule of one's own may be long
  for (const auto& [state, title, color] : {std::tuple(GapState::always, unknown ? "differs so far" : "always missed", "31"), std::tuple(GapState::planned, "missed as planned", "31"),
                                            std::tuple(GapState::conditional, "under a condition", "33")}) {
    std::string_view name = title;
    for (ms::Node gap : gaps.items()) {
      if (gap_state(gap) != state || (other && state == GapState::conditional)) continue;
      page.prose(name, headed(gap, widest), color, 0, widest + 2);
      name = " ";
      explain(page, gap, state, widest + 2);
    }
  }
  ms::kit::Words closed, info;
  for (ms::Node gap : gaps.items()) {
    const GapState state = gap_state(gap);
    if (other && state == GapState::conditional) info.push_back(known(gap["message"]));  // no condition makes them alike
    if (state == GapState::closed) closed.push_back(known(gap["id"]) + " (" + known(gap["message"]) + ")");
    if (state == GapState::info) info.push_back(known(gap["message"]));
  }
  page.wrapped("not as planned", closed);
  page.wrapped(other ? "differs besides" : "good to know", info);
}
