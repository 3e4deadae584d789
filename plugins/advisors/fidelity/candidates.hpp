// Which model of a group does for which level: by the pairs' gaps, not by size alone.
#pragma once
#include <modelsig/kit/coverage_gap.hpp>
#include <modelsig/kit/truth.hpp>

#include <algorithm>
#include <string>
#include <vector>

#include "groups.hpp"

// One model in place of another, as the pair of the two says.
struct Proxy {
  Proxy(const ms::Node& pairs, std::string_view proxy, std::string_view target) {
    pair = pairs[std::string(proxy) + "|" + std::string(target)];
    direction = "a_for_b";
    if (pair.size() == 0) pair = pairs[std::string(target) + "|" + std::string(proxy)], direction = "b_for_a";
  }
  bool misses(const ms::Node& gap) const { return ms::kit::gap_misses(gap, direction); }
  bool covers_every_layer_class(const std::vector<std::string>& class_gaps) const {
    const std::string_view verdict = pair["stand_in"][direction]["verdict"].str();
    if (verdict != "FULL_SUBSTITUTE" && verdict != "PARTIAL_SUBSTITUTE") return false;
    for (ms::Node gap : pair["coverage_gaps"].items())
      if (misses(gap) && gap["severity"].str() == "always" && std::find(class_gaps.begin(), class_gaps.end(), gap["id"].str()) != class_gaps.end()) return false;
    return true;
  }
  ms::Node pair;
  std::string direction;
};

struct Chosen {
  const Sized *structure, *numerical, *runtime, *canary;  // numerical: null where there is but one model
};

// The canary is the largest. Every other level takes a model that has every class of layers of the canary:
// the smallest for structure, the middle one of those below the canary for numerics and runtime.
inline Chosen choose(const ms::Node& pairs, const std::vector<Sized>& group, const std::vector<std::string>& class_gaps) {
  const Sized& canary = group.back();
  std::vector<const Sized*> below;
  for (const Sized& m : group)
    if (&m != &canary && Proxy(pairs, m.id, canary.id).covers_every_layer_class(class_gaps)) below.push_back(&m);
  if (below.empty()) return {&canary, group.size() < 2 ? nullptr : &canary, &canary, &canary};
  const Sized* middle = below[below.size() / 2];
  return {below.front(), middle, middle, &canary};
}
