// A weighted score of six structural proxies, from a (the source, as a rule the smaller model) to b. What
// really predicts transfer, sensitivity and calibration, needs weights, so this is a filter and says so.
#include <modelsig/kit/coverage_gap.hpp>
#include <modelsig/kit/number_text.hpp>
#include <modelsig/plugin.hpp>

#include <algorithm>

#include "methods.hpp"
#include "risks.hpp"
#include "traits.hpp"

namespace {

double structure_score(std::string_view isomorphism) {
  return isomorphism == "ISOMORPHIC" ? 1.0 : isomorphism == "SCALE_ONLY" ? 0.80 : 0.20;
}

// Shape algebra knows that head_dim need not grow with the width; ratios alone are for fingerprints without it.
bool scales_alike(const ms::Node& so_far) {
  const ms::Node failed = so_far["axes_without_common_expression"];
  return failed ? failed.size() == 0 : so_far["shape_ratios_all_uniform"].boolean();
}

double expert_correction(const Traits& a, const Traits& b) {
  if (a.experts() != b.experts()) return 0.90;
  return b.experts() ? 0.95 : 1.0;
}

class QuantTransfer {
 public:
  explicit QuantTransfer(ms::Node o)
      : structure_(o["weight_structure"].f64()), operators_(o["weight_operators"].f64()), types_(o["weight_layer_types"].f64()),
        shapes_(o["weight_shapes"].f64()), experts_(o["weight_experts"].f64()), risks_(o["weight_risks"].f64()),
        weight_only_from_(o["weight_only_from"].f64()), mixed_from_(o["mixed_precision_from"].f64()),
        limits_{o["hidden_ratio"].f64(), o["gqa_tolerance"].f64(), o["ffn_tolerance"].f64(), o["doubled_percent"].boolean()} {
    for (ms::Node id : o["risk_gaps"].items()) risk_gaps_.emplace_back(id.str());
  }

  std::unique_ptr<Traits> prepare(ms::Call&, ms::Node fingerprint) { return std::make_unique<Traits>(fingerprint); }

  void compare(ms::Call&, const Traits& a, const Traits& b, ms::Node so_far, ms::Writer& out) {
    if (a.failed || b.failed) { auto nothing = out.object(); return; }
    const std::string_view isomorphism = so_far["isomorphism"].str();
    const double structure = structure_score(isomorphism), operators = operator_similarity(a, b);
    const std::size_t types = a.layer_types.shared_with(b.layer_types);
    const double layer_types = ms::kit::similarity(types, a.layer_types.size() + b.layer_types.size() - types);
    const double shapes = scales_alike(so_far) ? 1.0 : 0.85;
    const double experts = expert_correction(a, b);
    auto risks = risk_factors(a, b, limits_);
    for (ms::Node gap : so_far["coverage_gaps"].items())  // what another comparator found
      if (std::find(risk_gaps_.begin(), risk_gaps_.end(), gap["id"].str()) != risk_gaps_.end() && ms::kit::gap_state(gap) != ms::kit::GapState::closed)
        risks.push_back(std::string(gap["id"].str()) + ": " + std::string(gap["message"].str()));
    const double calm = std::max(0.0, 1.0 - 0.05 * static_cast<double>(risks.size()));
    // summed from left to right: the fourth decimal of the report depends on it
    const double score = structure_ * structure + operators_ * operators + types_ * layer_types + shapes_ * shapes +
                         experts_ * experts + risks_ * calm;
    const Advice advice = advise({score, weight_only_from_, mixed_from_, !risks.empty(), b.experts()});

    auto members = out.object();
    auto section = out.object("quant_transfer");
    const auto put = [&](std::string_view key, double value) { out.member(key, ms::kit::rounded(value, 4)); };
    put("struct_sim_score", structure);
    put("op_hist_sim", operators);
    put("layer_type_hist_sim", layer_types);
    put("shape_uniform_score", shapes);
    put("moe_correction", experts);
    out.list("arch_risk_factors", risks);
    put("estimated_transferability", score);
    out.member("confidence", isomorphism == "DIFFERENT_ARCH" || so_far["substitution_verdict"].str() == "UNDETERMINED" ? "LOW" : isomorphism == "ISOMORPHIC" && risks.empty() ? "HIGH" : "MEDIUM");
    out.list("recommended_methods", advice.methods);
    out.list("caveats", advice.caveats);
  }

 private:
  double structure_, operators_, types_, shapes_, experts_, risks_, weight_only_from_, mixed_from_;
  RiskLimits limits_;
  std::vector<std::string> risk_gaps_;
};

}  // namespace

MODELSIG_PLUGIN("org.modelsig.comparators.quant_transfer", "1.0.0", "Apache-2.0", ms::comparator<QuantTransfer>("comparator.quant_transfer"))
