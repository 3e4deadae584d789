#include "risks.hpp"

#include <modelsig/error.hpp>
#include <modelsig/kit/number_text.hpp>
#include <modelsig/kit/value_text.hpp>

#include <cmath>
#include <initializer_list>
#include <optional>

namespace {

using ms::kit::text;
using ms::kit::truthy;
using Risk = std::optional<std::string>;

double size(const ms::Node& value) {
  if (ms::kit::is_numeric(value)) return ms::kit::number(value);
  throw ms::Error(MS_DATA_LOSS, "hidden_size is " + ms::kit::notation(value).substr(0, 80) + ", which is no number");
}

Risk outliers(const Traits& source, const Traits& target, double limit) {
  bool comparable = true;
  const ms::Node a = ms::kit::greatest(source.arch["hidden_size"], comparable), b = ms::kit::greatest(target.arch["hidden_size"], comparable);
  if (!truthy(a) || !truthy(b)) return {};
  const double ratio = size(b) / size(a);
  if (!(ratio >= limit)) return {};
  return "Large hidden_size ratio (" + text(b) + "/" + text(a) + "=" + ms::kit::fixed(ratio, 1) +
         "x): activation outlier magnitude likely higher in target model — "
         "activation-aware methods (AWQ/SmoothQuant) may need recalibration.";
}

Risk kv_cache(const Traits& source, const Traits& target, double limit) {
  const ms::Node a = source.ratios["gqa_ratio"], b = target.ratios["gqa_ratio"];
  if (!a || !b || !(std::abs(a.f64() - b.f64()) > limit)) return {};
  return "GQA ratio mismatch (" + text(a) + " vs " + text(b) + "): KV cache quantization strategies may not transfer directly.";
}

Risk ffn(const Traits& source, const Traits& target, double limit) {
  const ms::Node a = source.ratios["ffn_expansion"], b = target.ratios["ffn_expansion"];
  if (!truthy(a) || !truthy(b) || !(std::abs(a.f64() - b.f64()) > limit)) return {};
  return "FFN expansion ratio differs (" + ms::kit::fixed(a.f64(), 2) + " vs " + ms::kit::fixed(b.f64(), 2) +
         "): FFN outlier distribution may vary; re-check SmoothQuant scaling.";
}

Risk experts(const Traits& source, const Traits& target, bool doubled_percent) {
  if (source.experts() == target.experts()) return {};
  if (source.experts()) {
    return "Source is MoE, target is Dense: MoE routing sparsity analysis does not apply — "
           "transferability limited to shared backbone operators.";
  }
  return "Source is Dense, target is MoE: expert routing introduces ~5" + std::string(doubled_percent ? "%%" : "%") +
         " additional quantization uncertainty beyond backbone operators.";
}

Risk positions(const Traits& source, const Traits& target) {
  const ms::Node a = source.arch["rope_theta"], b = target.arch["rope_theta"];
  if (!truthy(a) || !truthy(b) || ms::kit::same(a, b)) return {};
  return "RoPE theta differs (" + text(a) + " vs " + text(b) + "): position embedding quantization sensitivity may differ.";
}

}  // namespace

std::vector<std::string> risk_factors(const Traits& source, const Traits& target, const RiskLimits& limits) {
  std::vector<std::string> found;
  for (const Risk& risk : {outliers(source, target, limits.hidden_ratio), kv_cache(source, target, limits.gqa),
                                               ffn(source, target, limits.ffn), experts(source, target, limits.doubled_percent),
                                               positions(source, target)}) {
    if (risk) found.push_back(*risk);
  }
  return found;
}
