// Models of several parts: what the comparisons of the parts come to for the whole, and what an adapter is.
#pragma once
#include <optional>

#include "gap_rules.hpp"
#include "stand_in.hpp"

struct Assembly {
  std::optional<Isomorphism> worst;   // of the parts; empty: none was judged
  bool shared_names = true;           // phase 1 of every part
  double role_coverage = 1;           // of the part that shares least
  std::vector<Gap> gaps;              // of the whole: parts that one lacks, settings that differ
  StandIn a_for_b, b_for_a;           // the weakest part's; no verdict: there are no parts
};

// so_far: of the pair, with "components" where both models have some of the same name.
Assembly compare_components(const ms::Call& call, const GapRules& rules, const Anatomy& a, const Anatomy& b, ms::Node so_far);
// FULL, PARTIAL, NO, then not known at all: the weaker of two, with the reasons of both.
StandIn weaker(StandIn one, StandIn other);
// Why no verdict is drawn from the designs: one of them is an adapter. Empty: both are models, or both adapters.
std::optional<StandIn> adapters(const Anatomy& a, const Anatomy& b);
