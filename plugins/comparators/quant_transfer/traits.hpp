// What of a fingerprint bears on quantisation.
#pragma once
#include <modelsig/kit/name_set.hpp>
#include <modelsig/kit/truth.hpp>

#include <algorithm>
#include <cmath>
#include <string_view>
#include <vector>

struct Traits {
  explicit Traits(ms::Node fingerprint)
      : failed(fingerprint["source"].str() == "error"),
        arch(fingerprint["arch_fingerprint"]),
        ratios(fingerprint["dimension_ratios"]),
        layer_types(ms::kit::NameSet::of_items(fingerprint["layer_types"])) {
    for (ms::Node op : fingerprint["op_types"].items()) operators.push_back(op.str());
    std::sort(operators.begin(), operators.end());
  }
  bool experts() const { return ms::kit::truthy(arch["is_moe"]); }

  bool failed;
  ms::Node arch, ratios;
  ms::kit::NameSet layer_types;
  std::vector<std::string_view> operators;  // sorted; as often as they are listed
};

// Cosine of the operators' frequency vectors.
inline double operator_similarity(const Traits& a, const Traits& b) {
  if (a.operators.empty() && b.operators.empty()) return 1.0;
  double dot = 0, square_a = 0, square_b = 0;
  for (std::size_t i = 0, j = 0; i < a.operators.size() || j < b.operators.size();) {
    const bool left = j == b.operators.size() || (i < a.operators.size() && a.operators[i] <= b.operators[j]);
    const std::string_view name = left ? a.operators[i] : b.operators[j];
    double in_a = 0, in_b = 0;
    for (; i < a.operators.size() && a.operators[i] == name; ++i) ++in_a;
    for (; j < b.operators.size() && b.operators[j] == name; ++j) ++in_b;
    dot += in_a * in_b, square_a += in_a * in_a, square_b += in_b * in_b;
  }
  if (square_a == 0 || square_b == 0) return 0.0;
  return dot / (std::sqrt(square_a) * std::sqrt(square_b));
}
