// Two models by what engineers compare: block design, optional parts, layer classes, shape algebra; then the gaps and the verdict.
#include <modelsig/kit/name_set.hpp>

#include <algorithm>

#include "advice.hpp"
#include "adapters.hpp"
#include "algebra.hpp"
#include "assembly.hpp"
#include "classes.hpp"
#include "matches.hpp"

namespace {

constexpr std::size_t kShown = 20;

// always missed (another block, a part more, a size), missed under the plan, under a condition, closed by the plan, good to know
int rank(const Gap& g) {
  if (!g.conditional()) return g.severity != "always" ? 6 : g.breaks == Breaks::block ? 0 : g.breaks == Breaks::part ? 1 : 2;
  return g.missed(true) || g.missed(false) ? 3 : g.may_be_missed(true) || g.may_be_missed(false) ? 4 : 5;
}

// Two rules may see one difference: the heavier one tells it.
void drop_repeated(std::vector<Gap>& gaps) {
  const auto same = [](const Gap& x, const Gap& y) {
    return x.id == y.id && x.component == y.component && x.a == y.a && x.b == y.b && x.condition == y.condition;
  };
  for (std::size_t i = 1; i < gaps.size();)
    if (std::any_of(gaps.begin(), gaps.begin() + static_cast<std::ptrdiff_t>(i), [&](const Gap& g) { return same(g, gaps[i]); })) gaps.erase(gaps.begin() + static_cast<std::ptrdiff_t>(i));
    else ++i;
}

class Structure {
 public:
  explicit Structure(ms::Node options) : all_conditions_(options["conditions"].str() == "all") {
    for (ms::Node entry : options["severity"].items()) {
      const std::string_view text = entry.str();
      const std::size_t equals = text.find('=');
      const std::string_view severity = equals == text.npos ? std::string_view() : text.substr(equals + 1);
      if (severity != "always" && severity != "conditional" && severity != "info")
        throw ms::Error(MS_INVALID_ARGUMENT, "severity: '" + std::string(text) + "' is not GAP=always, GAP=conditional or GAP=info");
      severities_[std::string(text.substr(0, equals))] = severity;
    }
  }

  std::unique_ptr<Anatomy> prepare(ms::Call& call, ms::Node fingerprint) {
    auto out = std::make_unique<Anatomy>(call, fingerprint);
    for (Part& part : out->parts) rules(call).prepare(call, part);
    return out;
  }

  void compare(ms::Call& call, const Anatomy& a, const Anatomy& b, ms::Node so_far, ms::Writer& out) {
    const GapRules& rules = this->rules(call);
    std::vector<Gap> gaps;
    Algebra algebra;
    Matches matches;
    double shared_roles = 0, all_roles = 0;
    for (const Part& p : a.parts) {
      const Part* q = b.part(p.name);
      if (!q) continue;
      rules.compare(call, p, *q, gaps);
      compare_classes(call, rules, p, *q, gaps);
    }
    const bool both_adapt = !a.adapter.empty() && !b.adapter.empty();
    if (!adapters(a, b) && !both_adapt) compare_parts(call, rules, a, b, gaps);
    for (const Part& p : a.parts) {
      const Part* q = b.part(p.name);
      if (!q) continue;
      compare_modules(call, rules, p, *q, gaps);
      match_roles(p, *q, rules.role_parts(), matches);
      Algebra part = compare_axes(p, *q);
      algebra.axes += part.axes;
      if (!p.assumed && !q->assumed) std::move(part.failed.begin(), part.failed.end(), std::back_inserter(algebra.failed));
      const auto &x = p.plain_roles, &y = q->plain_roles;
      const auto shared = std::count_if(x.begin(), x.end(), [&](const std::string& role) { return y.contains(role); });
      shared_roles += static_cast<double>(shared);
      all_roles += static_cast<double>(x.size() + y.size()) - static_cast<double>(shared);
    }
    auto members = out.object();
    if (both_adapt) compare_adapters(call, rules, a.adapts, b.adapts, gaps, out);
    const Assembly assembly = compare_components(call, rules, a, b, so_far);
    gaps.insert(gaps.end(), assembly.gaps.begin(), assembly.gaps.end());
    for (Gap& g : gaps)
      if (const auto it = severities_.find(g.id); it != severities_.end()) g.severity = it->second;
    std::stable_sort(gaps.begin(), gaps.end(), [](const Gap& x, const Gap& y) { return rank(x) < rank(y); });

    drop_repeated(gaps);

    const bool own = !a.parts.empty() && !b.parts.empty();
    const bool judged = a.complete && b.complete && (own || assembly.worst);
    const auto breaks = [&](Breaks what) { return std::any_of(gaps.begin(), gaps.end(), [&](const Gap& g) { return g.breaks == what; }); };
    const bool block = !breaks(Breaks::block), parts = !breaks(Breaks::part), axes = algebra.failed.empty();
    const Isomorphism design = !block ? Isomorphism::different : parts && axes ? Isomorphism::isomorphic : Isomorphism::scale_only;
    const Isomorphism isomorphism = std::max(design, assembly.worst.value_or(Isomorphism::isomorphic));

    const bool assembled = assembly.worst && all_roles == 0;  // all there is to compare is in the components
    const auto known = [&](std::string_view key, const auto& value) {  // what an incomplete model lacks might decide it: null
      out.key(key);
      if (judged) out.value(value);
      else out.null();
    };
    known("isomorphism", to_string(isomorphism));
    known("phase1_normalized_match", assembly.shared_names && (assembled || (shared_roles > 0 && shared_roles / all_roles >= 0.5)));
    known("phase2_substructure_match", block && assembly.worst != Isomorphism::different);
    known("phase3_algebraic_consistent", parts && axes && assembly.worst.value_or(Isomorphism::isomorphic) == Isomorphism::isomorphic);
    out.member("role_coverage", std::min(assembly.role_coverage, assembled ? 1.0 : all_roles > 0 ? shared_roles / all_roles : 0.0));
    matches.write(out);
    out.member("axes_compared", algebra.axes);
    {
      auto list = out.array("axes_without_common_expression");
      for (std::size_t i = 0; i < std::min(kShown, algebra.failed.size()); ++i) {
        const AxisFinding& f = algebra.failed[i];
        auto one = out.object();
        out.member("role", f.role);
        out.member("axis", f.axis);
        out.member("a", f.a);
        out.member("b", f.b);
      }
    }
    verdicts(a, b, judged, design, gaps, algebra, assembly, all_conditions_, out);
    auto list = out.array("coverage_gaps");
    for (const Gap& g : gaps) g.write(out);
  }

 private:
  static void write(std::string_view key, const StandIn& s, ms::Writer& out) {
    auto object = out.object(key);
    out.member("verdict", s.verdict);
    out.list("reasons", s.reasons);
  }

  // What is taken for granted of the models.
  static std::vector<std::string> rests_on(const Anatomy& a, const Anatomy& b) {
    std::vector<std::string> out;
    const auto say = [&](bool of_a, bool of_b, const std::string& text) {
      if (of_a || of_b) out.push_back((of_a && of_b ? "A and B: " : of_a ? "A: " : "B: ") + text);
    };
    say(a.by_family, b.by_family, "the configuration and what its family file makes of it; no tensor was read");
    say(a.guessed, b.guessed, "the usual keys of a configuration; no family file serves it, no tensor was read");
    say(a.assumed && !a.guessed, b.assumed && !b.guessed, "no family file, so roles go by the tensors' names and sizes by the usual keys");
    return out;
  }

  static void verdicts(const Anatomy& a, const Anatomy& b, bool judged, Isomorphism isomorphism, const std::vector<Gap>& gaps, const Algebra& algebra,
                       const Assembly& assembly, bool all_conditions, ms::Writer& out) {
    StandIn ab, ba;
    if (const auto verdict = adapters(a, b)) {
      ab = ba = *verdict;
    } else if (!judged && !(a.complete && b.complete && !a.adapter.empty())) {
      std::vector<std::string> unknown;
      if (!a.complete) unknown.push_back(a.missing("A"));
      if (!b.complete) unknown.push_back(b.missing("B"));
      if (unknown.empty()) unknown.emplace_back("the architectures could not be compared");
      ab = ba = {"UNDETERMINED", unknown, {}};
    } else {
      ab = stand_in(isomorphism, gaps, true, all_conditions);
      ba = stand_in(isomorphism, gaps, false, all_conditions);
      for (StandIn* s : {&ab, &ba}) {
        for (std::size_t i = 0; i < std::min<std::size_t>(3, algebra.failed.size()); ++i) {
          const AxisFinding& f = algebra.failed[i];
          s->reasons.push_back("axis " + std::to_string(f.axis) + " of " + f.role + " is " + f.a + " in A, " + f.b + " in B");
        }
      }
      if (!a.adapter.empty())
        for (StandIn* s : {&ab, &ba}) s->reasons.insert(s->reasons.begin(), "both are adapters, not models, compared by kind, base, targets, ranks and shapes: A adapts " + a.adapter + ", B adapts " + b.adapter + "; the models they belong to are not part of it");
      ab = weaker(assembly.a_for_b, std::move(ab));
      ba = weaker(assembly.b_for_a, std::move(ba));
    }
    const bool a_smaller = a.parameters <= b.parameters;
    const StandIn& headline = a_smaller ? ab : ba;
    out.member("substitution_verdict", headline.verdict);
    out.member("can_substitute", headline.verdict == "FULL_SUBSTITUTE");
    out.list("verdict_reasons", headline.reasons);
    out.list("rests_on", rests_on(a, b));
    out.member("smaller", a_smaller ? "a" : "b");
    out.member("recommendation", sentence(headline, gaps, a_smaller));
    write_test_strategy(out, headline, gaps, a_smaller);
    {
      auto sizes = out.object("logical_parameters");
      out.member("a", static_cast<std::uint64_t>(a.parameters));
      out.member("b", static_cast<std::uint64_t>(b.parameters));
    }
    auto both = out.object("stand_in");
    write("a_for_b", ab, out);
    write("b_for_a", ba, out);
  }

  const GapRules& rules(const ms::Call& call) {
    std::call_once(once_, [&] { rules_ = std::make_unique<GapRules>(call); });
    return *rules_;
  }
  bool all_conditions_;
  std::map<std::string, std::string, std::less<>> severities_;
  std::once_flag once_;
  std::unique_ptr<GapRules> rules_;
};

}  // namespace

MODELSIG_PLUGIN("org.modelsig.comparators.structure", "1.0.0", "Apache-2.0", ms::comparator<Structure>("comparator.structure"))
