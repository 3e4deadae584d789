// Which quantisation methods are worth trying on the target, and what to keep in mind.
#pragma once
#include <initializer_list>
#include <string_view>
#include <vector>

struct Advice { std::vector<std::string_view> methods, caveats; };

struct AdviceInput {
  double score, weight_only_from, mixed_precision_from;
  bool risks, target_has_experts;
};

inline Advice advise(const AdviceInput& in) {
  Advice out;
  const auto add = [&](std::initializer_list<std::string_view> methods, std::string_view caveat) {
    out.methods.insert(out.methods.end(), methods);
    out.caveats.push_back(caveat);
  };
  if (in.score >= in.weight_only_from) {
    add({"GPTQ (W4A16)", "AWQ (W4A16)"}, "Weight-only methods (GPTQ/AWQ) transfer well for same-family models. "
                                         "Verify calibration perplexity on target before deployment.");
  }
  if (in.score >= in.mixed_precision_from && !in.risks) {
    add({"Mixed-precision (HAWQ-style bit allocation)"}, "Mixed-precision layer sensitivity ordering likely preserved; "
                                                         "confirm with single-layer ablation on target model.");
  }
  if (in.target_has_experts) {
    add({"Expert-aware quantization (expert-group calibration)"},
        "For MoE target: quantize expert routing path separately; "
        "shared backbone methods transfer, routing path needs own calibration.");
  }
  if (in.risks) {
    add({}, "Activation-aware methods (SmoothQuant, rotation-based QuaRot/SpinQuant) "
            "require per-model activation profiling — cannot transfer static configs.");
  }
  if (out.methods.empty()) {
    add({"Run full per-model calibration"}, "Structural differences are too large for reliable transfer. "
                                            "Treat target model as independent quantization task.");
  }
  add({}, "IMPORTANT: This is a structural estimate only. "
          "SensCorr (sensitivity correlation) and RepAlign (CKA layer alignment) "
          "require actual calibration data and are the strongest transfer predictors. "
          "Use this score as a pre-filter, not a final verdict.");
  return out;
}
