// modelsig/kit/coverage_gap.hpp - an item of a pair's coverage_gaps, as those who read a report see it.
#pragma once
#include <string>
#include <string_view>
#include <vector>

#include "../node.hpp"

namespace ms::kit {

// planned: its condition holds under the plan, in some direction; closed: under this plan in none
enum class GapState { always, planned, conditional, closed, info };

inline GapState gap_state(const Node& gap) {
  const std::string_view severity = gap["severity"].str();
  if (severity != "conditional") return severity == "always" ? GapState::always : GapState::info;
  GapState out = gap["plan"].size() > 0 ? GapState::closed : GapState::conditional;
  for (auto [direction, said] : gap["plan"].members()) {
    const std::string_view condition = said["condition"].str();
    if (condition == "opens") return GapState::planned;
    if (condition != "closed") out = GapState::conditional;
  }
  return out;
}

// direction: "a_for_b" where A is tested instead of B, or "b_for_a"
inline bool gap_misses(const Node& gap, std::string_view direction) {
  const std::string_view d = gap["direction"].str();
  return (d == "both" || d == direction) && gap["plan"][direction]["condition"].str() != "closed";
}

// "tp=8", "tp=16", "pp=2 tp=4": "tp=8, 16; pp=2 tp=4"
template <class Places>
std::string places_text(const Places& places) {
  std::string out, last;
  for (const auto& item : places) {
    const std::string_view place(item);
    const std::string_view key = place.substr(0, place.find('=') + 1);
    const bool one_key = place.find(' ') == place.npos;
    if (one_key && key == last) out += ", " + std::string(place.substr(key.size()));
    else out += (out.empty() ? "" : "; ") + std::string(place);
    last = one_key ? key : std::string_view();
  }
  return out;
}

// Where the plan opens it; empty where that is everywhere.
inline std::string gap_places(const Node& gap) {
  std::vector<std::string> places;
  for (auto [direction, said] : gap["plan"].members())
    for (Node at : said["at"].items()) {
      bool known = false;
      for (const std::string& p : places) known |= p == at.str();
      if (!known) places.emplace_back(at.str());
    }
  return places_text(places);
}

}  // namespace ms::kit
