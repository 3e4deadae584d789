// Phase 1 (names) comes from comparator.coverage; here are phase 2 (the same submodules), phase 3 (one ratio
// for all sizes) and what the three say together.
#include <modelsig/kit/name_set.hpp>
#include <modelsig/plugin.hpp>

#include <string>
#include <utility>
#include <vector>

#include "scaling.hpp"
#include "shapes.hpp"

namespace {

struct Structure {
  explicit Structure(ms::Node fingerprint)
      : failed(fingerprint["source"].str() == "error"),
        arch(fingerprint["arch_fingerprint"]),
        gqa(fingerprint["dimension_ratios"]["gqa_ratio"]),
        shapes(fingerprint["static_weight_signature"]) {
    std::vector<std::string_view> names;
    for (auto [suffix, entry] : fingerprint["template_signature"].members()) {
      if (const std::string_view part = entry["part"].str(); !part.empty()) names.push_back(part);
    }
    parts = ms::kit::NameSet(std::move(names));
  }
  bool failed;
  ms::Node arch, gqa;
  Shapes shapes;
  ms::kit::NameSet parts;  // attention, ffn, norm: those that its layers have
};

struct Finding { std::string_view name; std::string why; };

Finding judge(const Structure& a, const Structure& b, bool phase1, bool phase2, bool phase3) {
  if (!ms::kit::same(a.arch["is_moe"], b.arch["is_moe"])) {
    return {"DIFFERENT_ARCH", "One is MoE, the other Dense — incompatible for proxy testing."};
  }
  const ms::Node type_a = a.arch["model_type"], type_b = b.arch["model_type"];
  if (ms::kit::truthy(type_a) && ms::kit::truthy(type_b) && !ms::kit::same(type_a, type_b)) {
    return {"DIFFERENT_ARCH", "Different model types (" + ms::kit::text(type_a) + " vs " + ms::kit::text(type_b) + ")."};
  }
  if (!phase1) return {"DIFFERENT_ARCH", "Phase 1: key sets diverge significantly — likely different architectures."};
  if (!phase2) return {"DIFFERENT_ARCH", "Phase 2: core attention/FFN substructure mismatch."};
  if (phase3) {
    return {"ISOMORPHIC", "All 3 phases pass: same family, same operators, uniform dimension scaling. Smaller model is a valid proxy."};
  }
  return {"SCALE_ONLY", "Phase 1+2 pass but dimension scaling is non-uniform. Same architectural family with irregular scaling."};
}

class Isomorphism {
 public:
  explicit Isomorphism(ms::Node options)
      : ratio_(options["ratio_tolerance"].f64()), gqa_(options["gqa_tolerance"].f64()), shape_(options["shape_tolerance"].f64()),
        limit_(static_cast<std::size_t>(options["list_limit"].u64())), per_layer_(options["per_layer"].str() == "greatest"), judge_(options["judge"].boolean()) {
    for (ms::Node name : options["dimensions"].items()) dimensions_.emplace_back(name.str());
  }

  std::unique_ptr<Structure> prepare(ms::Call&, ms::Node fingerprint) { return std::make_unique<Structure>(fingerprint); }

  void compare(ms::Call&, const Structure& a, const Structure& b, ms::Node so_far, ms::Writer& out) {
    if (a.failed || b.failed) { auto nothing = out.object(); return; }
    const Scaling scaling(a.arch, b.arch, dimensions_, per_layer_);
    const auto uneven = a.shapes.non_uniform(b.shapes, shape_);
    auto members = out.object();
    if (judge_) judge(a, b, so_far, scaling, out);
    scaling.write(out);
    out.member("shape_ratios_all_uniform", uneven.empty());
    out.member("non_uniform_shapes", uneven.size());
    out.list("non_uniform_shape_keys", std::vector(uneven.begin(), uneven.begin() + static_cast<std::ptrdiff_t>(std::min(limit_, uneven.size()))));
  }

 private:
  void judge(const Structure& a, const Structure& b, const ms::Node& so_far, const Scaling& scaling, ms::Writer& out) const {
    const bool same_gqa = !a.gqa || !b.gqa || std::abs(a.gqa.f64() - b.gqa.f64()) <= gqa_;
    const bool phase1 = so_far["phase1_normalized_match"].boolean();
    const bool phase2 = std::equal(a.parts.begin(), a.parts.end(), b.parts.begin(), b.parts.end());
    const bool phase3 = scaling.consistent(ratio_) && same_gqa;
    const Finding finding = ::judge(a, b, phase1, phase2, phase3);
    out.member("isomorphism", finding.name);
    out.member("phase2_substructure_match", phase2);
    out.member("phase3_algebraic_consistent", phase3);
    out.member("recommendation", finding.why);
  }

  double ratio_, gqa_, shape_;
  std::size_t limit_;
  bool per_layer_, judge_;
  std::vector<std::string> dimensions_;
};

}  // namespace

MODELSIG_PLUGIN("org.modelsig.comparators.isomorphism", "1.0.0", "Apache-2.0", ms::comparator<Isomorphism>("comparator.isomorphism"))
