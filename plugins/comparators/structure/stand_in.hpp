// Can one model stand in for the other: per direction, with reasons in order of weight.
#pragma once
#include "gap.hpp"

enum class Isomorphism { isomorphic, scale_only, different };
std::string_view to_string(Isomorphism i);

struct StandIn {
  std::string verdict;
  std::vector<std::string> reasons;
  std::vector<std::string> blocking;         // the gaps that make it partial: "head-dim", "tp-divisibility (tp=8)"
};

// proxy_is_a: A is tested instead of B. all_conditions: nobody knows how it will run, so a conditional gap weighs too
StandIn stand_in(Isomorphism isomorphism, const std::vector<Gap>& gaps, bool proxy_is_a, bool all_conditions);
