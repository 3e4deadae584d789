// Layer classes of two parts against each other: which kinds of layer one of them never runs.
#pragma once
#include "gaps.hpp"

void compare_classes(const GapRules& rules, const Part& a, const Part& b, std::vector<Gap>& out);
// Parts (towers) and single modules that only one of the models has.
void compare_parts(const GapRules& rules, const Anatomy& a, const Anatomy& b, std::vector<Gap>& out);
void compare_modules(const GapRules& rules, const Part& a, const Part& b, std::vector<Gap>& out);
