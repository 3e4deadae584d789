// What in two architectures speaks against taking over a quantisation recipe, one sentence each.
#pragma once
#include <string>
#include <vector>

#include "traits.hpp"

struct RiskLimits {
  double hidden_ratio, gqa, ffn;
  bool doubled_percent;
};

std::vector<std::string> risk_factors(const Traits& source, const Traits& target, const RiskLimits& limits);
