// What follows from the verdict: one plain sentence, and what to test where.
#pragma once
#include "stand_in.hpp"

// smaller_is_a: A would be tested instead of B
std::string sentence(const StandIn& verdict, const std::vector<Gap>& gaps, bool smaller_is_a);
void write_test_strategy(ms::Writer& out, const StandIn& verdict, const std::vector<Gap>& gaps, bool smaller_is_a);
