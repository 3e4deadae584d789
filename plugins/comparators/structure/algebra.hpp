// Phase 3: every axis of every module that both models have is one expression in both models' own sizes.
#pragma once
#include "anatomy.hpp"

struct AxisFinding { std::string role, a, b; std::size_t axis = 0; };  // a, b: "hidden = 4096"

struct Algebra {
  std::size_t axes = 0;              // compared
  std::vector<AxisFinding> failed;   // without a common expression
};

Algebra compare_axes(const Part& a, const Part& b);
