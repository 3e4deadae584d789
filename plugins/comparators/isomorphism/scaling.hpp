// Phase 3: do the sizes of two models have one ratio. Algebra on arch_fingerprint and dimension_ratios.
#pragma once
#include <modelsig/kit/number_text.hpp>
#include <modelsig/kit/truth.hpp>
#include <modelsig/kit/value_text.hpp>
#include <modelsig/plugin.hpp>

#include <cmath>
#include <string>
#include <vector>

struct Ratio { std::string_view dimension; ms::Node a, b; double ratio; };

class Scaling {
 public:
  // per_layer: of a list with one size a layer the greatest counts. Throws where a dimension is set in both
  // but is no number in one.
  Scaling(const ms::Node& arch_a, const ms::Node& arch_b, const std::vector<std::string>& dimensions, bool per_layer) {
    bool comparable = true;
    for (const std::string& name : dimensions) {
      const ms::Node a = per_layer ? ms::kit::greatest(arch_a[name], comparable) : arch_a[name];
      const ms::Node b = per_layer ? ms::kit::greatest(arch_b[name], comparable) : arch_b[name];
      if (!ms::kit::truthy(a) || !ms::kit::truthy(b)) continue;
      for (const ms::Node& value : {a, b}) {
        if (!ms::kit::is_numeric(value)) throw ms::Error(MS_DATA_LOSS, name + " is " + ms::kit::notation(value).substr(0, 80) + ", which is no number: its ratio cannot be computed");
      }
      ratios_.push_back({name, a, b, ms::kit::rounded(ms::kit::number(b) / ms::kit::number(a), 6)});
    }
  }

  bool consistent(double tolerance) const {
    if (ratios_.size() < 2) return true;
    double sum = 0;
    for (const Ratio& r : ratios_) sum += r.ratio;
    const double mean = sum / static_cast<double>(ratios_.size());
    if (!(mean > 0)) return true;
    for (const Ratio& r : ratios_) if (std::abs(r.ratio - mean) / mean > tolerance) return false;
    return true;
  }

  void write(ms::Writer& out) const {
    auto section = out.object("scaling_analysis");
    for (const Ratio& r : ratios_) {
      auto entry = out.object(r.dimension);
      out.member("a", r.a);
      out.member("b", r.b);
      out.member("ratio", r.ratio);
    }
  }

 private:
  std::vector<Ratio> ratios_;
};
