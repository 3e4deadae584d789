// The substitution verdict from what the comparators before it found, with its reasons. A fingerprint that
// lacks a shard or a file proves nothing: UNDETERMINED, and what is missing.
#include <modelsig/kit/name_set.hpp>
#include <modelsig/plugin.hpp>

#include <algorithm>
#include <string>
#include <utility>
#include <vector>

#include "strategy.hpp"

namespace {

// An assumed entry stands for one tensor: in every layer where its name has an index, for every expert where
// it has a second one.
double tensors_of(std::string_view name, const ms::Node& arch) {
  double count = 1;
  std::size_t at = name.find(".N.");
  for (const char* field : {"num_hidden_layers", "num_experts"}) {
    if (at == name.npos) break;
    count *= std::max(1.0, arch[field].f64(1));
    at = name.find(".N.", at + 2);
  }
  return count;
}

struct Subject {
  explicit Subject(ms::Node fingerprint)
      : failed(fingerprint["source"].str() == "error"), complete(fingerprint["complete"].boolean(true)) {
    for (auto [name, entry] : fingerprint["static_weight_signature"].members()) {
      const bool guess = entry["assumed"].boolean();
      parameters += entry["param_count"].f64() * (guess ? tensors_of(name, fingerprint["arch_fingerprint"]) : 1.0);
      assumed = assumed || guess;
    }
    for (ms::Node problem : fingerprint["problems"].items()) {
      if (problem["level"].str() != "error") continue;
      if (++problems > 1) continue;
      first_problem = std::string(problem["subject"].str());
      first_problem += (first_problem.empty() ? "" : ": ") + std::string(problem["text"].str());
    }
  }
  std::string missing(std::string_view side) const {
    std::string text = "model " + std::string(side) + " is incomplete";
    if (problems > 0) text += ": " + first_problem;
    if (problems > 1) text += " (and " + std::to_string(problems - 1) + " more)";
    return text;
  }
  bool failed, complete, assumed = false;
  double parameters = 0;
  std::size_t problems = 0;
  std::string first_problem;
};

class Verdict {
 public:
  explicit Verdict(ms::Node options)
      : types_(options["layer_type_coverage"].f64()), shapes_(options["shape_compatibility"].f64()),
        operators_(options["operator_coverage"].f64()), partial_(options["partial"].f64()),
        strict_(options["incomplete"].str() == "undetermined"), follow_(options["strategy"].str() == "follow_verdict") {}

  std::unique_ptr<Subject> prepare(ms::Call&, ms::Node fingerprint) { return std::make_unique<Subject>(fingerprint); }

  void compare(ms::Call&, const Subject& a, const Subject& b, ms::Node so_far, ms::Writer& out) {
    auto members = out.object();
    if (strict_) {
      std::vector<std::string> unknown;
      if (!a.complete) unknown.push_back(a.missing("A"));
      if (!b.complete) unknown.push_back(b.missing("B"));
      if (!so_far["isomorphism"]) unknown.emplace_back("the architectures could not be compared");
      if (!unknown.empty()) return undetermined(unknown, out);
    }
    if (a.failed || b.failed) return;
    const ms::Node counts = so_far["counts"];
    const auto share = [&](const char* part, const char* all) { return ms::kit::similarity(counts[part].u64(), counts[all].u64()); };
    const Shares shares{share("layer_types_shared", "layer_types_all"), share("keys_of_equal_rank", "keys_all"),
                        share("operators_shared", "operators_all")};
    const bool can = shares.layer_types >= types_ && shares.shapes >= shapes_;
    std::vector<std::string> reasons;
    const std::string_view verdict = judge(so_far, shares, can, reasons);
    for (const auto& [side, subject] : {std::pair("A", &a), std::pair("B", &b)}) {
      if (subject->assumed) reasons.push_back("the tensors of " + std::string(side) + " are assumed from its configuration, no file says so");
    }
    out.member("substitution_verdict", verdict);
    out.member("can_substitute", can);
    Level level = level_of(shares, can, partial_);
    if (follow_) level = std::max(level, verdict == "FULL_SUBSTITUTE" ? Level::recommended : verdict == "PARTIAL_SUBSTITUTE" ? Level::partial : Level::not_recommended);
    write_strategy(out, shares, level, level != level_of(shares, can, partial_));
    out.member("smaller", a.parameters <= b.parameters ? "a" : "b");
    out.list("verdict_reasons", reasons);
  }

 private:
  std::string_view judge(const ms::Node& so_far, const Shares& s, bool can, std::vector<std::string>& reasons) const {
    const std::string_view isomorphism = so_far["isomorphism"].str();
    const bool uniform = so_far["shape_ratios_all_uniform"].boolean();
    if (isomorphism != "ISOMORPHIC") reasons.emplace_back(so_far["recommendation"].str());
    if (isomorphism == "DIFFERENT_ARCH") return "NO_SUBSTITUTE";
    const auto below = [&](const char* what, double value, double wanted) {
      if (value < wanted) reasons.push_back(std::string(what) + " " + ms::kit::percent(value, 1) + ", below " + ms::kit::percent(wanted, 0));
    };
    if (!uniform) reasons.push_back(std::to_string(so_far["non_uniform_shapes"].u64()) + " tensor names whose axes do not scale alike");
    below("layer type coverage", s.layer_types, types_);
    below("shape compatibility", s.shapes, shapes_);
    if (isomorphism == "ISOMORPHIC" && uniform && can) {
      reasons.emplace_back("all three phases pass, all shared tensors scale uniformly");
      return "FULL_SUBSTITUTE";
    }
    const bool close = s.operators >= operators_ && so_far["structural_coverage"].boolean();
    if (isomorphism == "ISOMORPHIC" || isomorphism == "SCALE_ONLY" || close) return "PARTIAL_SUBSTITUTE";
    below("operator coverage", s.operators, operators_);
    return "NO_SUBSTITUTE";
  }

  static void undetermined(const std::vector<std::string>& reasons, ms::Writer& out) {
    out.member("substitution_verdict", "UNDETERMINED");
    out.member("can_substitute", false);
    write_strategy(out, "UNDETERMINED", "A part of the models could not be read, so what they share is not known.",
                   "Make the missing parts readable and compare again; until then test on the target model.");
    out.list("verdict_reasons", reasons);
  }

  double types_, shapes_, operators_, partial_;
  bool strict_, follow_;
};

}  // namespace

MODELSIG_PLUGIN("org.modelsig.comparators.verdict", "1.0.0", "Apache-2.0", ms::comparator<Verdict>("comparator.verdict"))
