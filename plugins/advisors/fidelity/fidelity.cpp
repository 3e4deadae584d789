// Cheap tests on the smallest model of an architecture, numerics and runtime on a middle one, and on the
// largest only what its size alone can show.
#include <modelsig/plugin.hpp>

#include <initializer_list>

#include "groups.hpp"

namespace {

class Fidelity {
 public:
  explicit Fidelity(ms::Node options) : per_layer_(options["per_layer"].str() == "greatest") {}

  void advise(ms::Call&, ms::Node report, ms::Writer& out) {
    auto members = out.object();
    if (report["coverage_matrix"].size() == 0) return;
    const auto groups = architectures(report, per_layer_);
    auto plan = out.object("multi_fidelity_plan");
    level(out, "level1_structure", groups, [&](const auto& group) {
      entry(out, group.front(), "Smallest in isomorphism group.", {"model loading", "tensor shape validation", "dtype check"});
    });
    level(out, "level2_numerical", groups, [&](const auto& group) {
      if (group.size() < 2) return;
      entry(out, middle(group), "Mid-size for numerical validation.", {"layerwise cosine similarity", "perplexity on calibration set"});
    });
    level(out, "level3_runtime", groups, [&](const auto& group) {
      entry(out, middle(group), "Runtime: prefill / decode / KV cache modes.", {"prefill latency", "decode throughput", "KV cache eviction"});
    });
    level(out, "level4_canary", groups, [&](const auto& group) {
      const bool experts = group.back().experts;
      entry(out, group.back(), "Large/MoE canary: memory, TP/PP, routing correctness.",
            {experts ? "MoE routing correctness" : "multi-GPU tensor parallelism", "peak memory"});
    });
  }

 private:
  static const Sized& middle(const std::vector<Sized>& group) { return group[group.size() / 2]; }

  template <class Groups, class Each>
  static void level(ms::Writer& out, std::string_view key, const Groups& groups, const Each& each) {
    auto list = out.array(key);
    for (const auto& group : groups) each(group);
  }
  static void entry(ms::Writer& out, const Sized& model, std::string_view reason, std::initializer_list<std::string_view> focus) {
    auto scope = out.object();
    out.member("model", model.id);
    out.member("reason", reason);
    out.list("test_focus", focus);
  }

  bool per_layer_;
};

}  // namespace

MODELSIG_PLUGIN("org.modelsig.advisors.fidelity", "1.0.0", "Apache-2.0", ms::advisor<Fidelity>("advisor.fidelity"))
