// Cheap tests on the smallest model of an architecture, numerics and runtime on a middle one, and on the
// largest only what its size alone can show and what the others never run.
#include <modelsig/plugin.hpp>

#include "candidates.hpp"

namespace {

using Words = std::vector<std::string>;

class Fidelity {
 public:
  explicit Fidelity(ms::Node options) : per_layer_(options["per_layer"].str() == "greatest"), by_classes_(options["candidates"].str() != "size") {
    for (ms::Node id : options["class_gaps"].items()) class_gaps_.emplace_back(id.str());
  }

  void advise(ms::Call&, ms::Node report, ms::Writer& out) {
    auto members = out.object();
    const ms::Node pairs = report["coverage_matrix"];
    if (pairs.size() == 0) return;
    const auto groups = architectures(report, per_layer_);
    std::vector<Chosen> chosen;
    for (const auto& group : groups) chosen.push_back(by_classes_ ? choose(pairs, group, class_gaps_) : by_size_alone(group));
    auto plan = out.object("multi_fidelity_plan");
    level(out, "level1_structure", chosen, [&](const Chosen& c) {
      const bool alone = by_classes_ && c.structure == c.canary && c.numerical;
      entry(out, *c.structure, alone ? "No smaller model has every class of its layers." : by_classes_ ? "Smallest model with every class of layers." : "Smallest in isomorphism group.",
            {"model loading", "tensor shape validation", "dtype check"});
    });
    level(out, "level2_numerical", chosen, [&](const Chosen& c) {
      const bool only = by_classes_ && c.numerical == c.structure && c.structure != c.canary;
      if (c.numerical) entry(out, *c.numerical, only ? "Numerical validation: no other model below the canary." : "Mid-size for numerical validation.", {"layerwise cosine similarity", "perplexity on calibration set"});
    });
    level(out, "level3_runtime", chosen, [&](const Chosen& c) {
      entry(out, *c.runtime, "Runtime: prefill / decode / KV cache modes.", {"prefill latency", "decode throughput", "KV cache eviction"});
    });
    level(out, "level4_canary", chosen, [&](const Chosen& c) { canary(out, pairs, c); });
  }

 private:
  static Chosen by_size_alone(const std::vector<Sized>& group) {
    const Sized* middle = &group[group.size() / 2];
    return {&group.front(), group.size() < 2 ? nullptr : middle, middle, &group.back()};
  }

  void canary(ms::Writer& out, const ms::Node& pairs, const Chosen& c) const {
    Words focus{c.canary->experts ? "MoE routing correctness" : "multi-GPU tensor parallelism", "peak memory"};
    struct Open { ms::Node gap; std::vector<std::string_view> by; };
    std::vector<Open> open;  // what the models of the levels below miss, each gap once
    if (by_classes_) {
      std::vector<const Sized*> below;
      for (const Sized* m : {c.structure, c.numerical, c.runtime})
        if (m && m != c.canary && std::find(below.begin(), below.end(), m) == below.end()) below.push_back(m);
      for (const Sized* m : below) {
        const Proxy proxy(pairs, m->id, c.canary->id);
        for (ms::Node gap : proxy.pair["coverage_gaps"].items()) {
          if (!proxy.misses(gap)) continue;
          const auto same = std::find_if(open.begin(), open.end(), [&](const Open& o) {
            return o.gap["id"].str() == gap["id"].str() && o.gap["component"].str() == gap["component"].str() && o.gap["message"].str() == gap["message"].str();
          });
          if (same != open.end()) same->by.push_back(m->id);
          else open.push_back({gap, {m->id}});
        }
      }
      for (const Open& o : open) {
        std::string id(o.gap["id"].str());
        if (o.gap["severity"].str() != "info" && std::find(focus.begin(), focus.end(), id) == focus.end()) focus.push_back(std::move(id));
      }
    }
    auto scope = out.object();
    members(out, *c.canary, "Large/MoE canary: memory, TP/PP, routing correctness.", focus);
    if (!by_classes_) return;
    auto list = out.array("coverage_gaps");
    for (const Open& o : open) {
      auto one = out.object();
      for (const char* key : {"id", "severity", "component", "message", "condition"})
        if (o.gap[key]) out.member(key, o.gap[key]);
      out.list("missed_by", o.by);
    }
  }

  template <class Each>
  static void level(ms::Writer& out, std::string_view key, const std::vector<Chosen>& chosen, const Each& each) {
    auto list = out.array(key);
    for (const Chosen& c : chosen) each(c);
  }
  static void members(ms::Writer& out, const Sized& model, std::string_view reason, const Words& focus) {
    out.member("model", model.id);
    out.member("reason", reason);
    out.list("test_focus", focus);
  }
  static void entry(ms::Writer& out, const Sized& model, std::string_view reason, const Words& focus) {
    auto scope = out.object();
    members(out, model, reason, focus);
  }

  bool per_layer_, by_classes_;
  std::vector<std::string> class_gaps_;
};

}  // namespace

MODELSIG_PLUGIN("org.modelsig.advisors.fidelity", "1.0.0", "Apache-2.0", ms::advisor<Fidelity>("advisor.fidelity"))
