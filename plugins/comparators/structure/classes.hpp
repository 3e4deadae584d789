// Layer classes of two parts against each other: which kinds of layer one of them never runs.
#pragma once
#include "gap_rules.hpp"

void compare_classes(const ms::Call& call, const GapRules& rules, const Part& a, const Part& b, std::vector<Gap>& out);
// Parts (towers) and single modules that only one of the models has.
void compare_parts(const ms::Call& call, const GapRules& rules, const Anatomy& a, const Anatomy& b, std::vector<Gap>& out);
void compare_modules(const ms::Call& call, const GapRules& rules, const Part& a, const Part& b, std::vector<Gap>& out);
