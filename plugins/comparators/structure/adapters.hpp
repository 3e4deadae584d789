// Two adapters: by what they adapt, of what kind, rank and base; the models they belong to are not there to compare.
#pragma once
#include "anatomy.hpp"
#include "gap.hpp"
#include "gap_rules.hpp"

// Gaps "adapter-kind", "adapter-base", "adapter-targets", "adapter-rank", "adapter-shape" (adapters.toml), and the pair's section "adapters".
void compare_adapters(const ms::Call& call, const GapRules& rules, ms::Node a, ms::Node b, std::vector<Gap>& gaps, ms::Writer& out);
