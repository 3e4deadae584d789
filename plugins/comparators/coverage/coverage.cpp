// Set comparisons of two fingerprints. Every rate comes with the counts it was made from ("counts"), so that
// whoever decides on it compares exact shares, not rounded ones.
#include <modelsig/kit/name_set.hpp>
#include <modelsig/kit/number_text.hpp>
#include <modelsig/kit/truth.hpp>
#include <modelsig/plugin.hpp>

#include <string>
#include <vector>

namespace {

using ms::kit::NameSet;

struct Names {
  explicit Names(ms::Node fingerprint)
      : failed(fingerprint["source"].str() == "error"),
        arch(fingerprint["arch_fingerprint"]),
        keys(NameSet::of_keys(fingerprint["static_weight_signature"])),
        operators(NameSet::of_items(fingerprint["op_types"])),
        highlevel(NameSet::of_items(fingerprint["unique_ops_highlevel"])),
        layer_types(NameSet::of_items(fingerprint["layer_types"])) {
    const ms::Node signature = fingerprint["static_weight_signature"];
    for (const std::string_view key : keys) ranks.push_back(signature[key]["representative_shape"].size());
  }
  bool failed;
  ms::Node arch;
  NameSet keys, operators, highlevel, layer_types;
  std::vector<std::size_t> ranks;  // of keys, in their order
};

std::size_t equal_ranks(const Names& a, const Names& b) {
  std::size_t count = 0;
  for (std::size_t i = 0, j = 0; i < a.ranks.size() && j < b.ranks.size();) {
    const int order = a.keys.begin()[static_cast<std::ptrdiff_t>(i)].compare(b.keys.begin()[static_cast<std::ptrdiff_t>(j)]);
    if (order == 0 && a.ranks[i] == b.ranks[j]) ++count;
    if (order <= 0) ++i;
    if (order >= 0) ++j;
  }
  return count;
}

class Coverage {
 public:
  explicit Coverage(ms::Node options)
      : threshold_(options["key_threshold"].f64()), phase1_(options["phase1"].boolean()), limit_(static_cast<std::size_t>(options["list_limit"].u64())) {
    for (ms::Node field : options["structural_fields"].items()) fields_.emplace_back(field.str());
  }

  std::unique_ptr<Names> prepare(ms::Call&, ms::Node fingerprint) { return std::make_unique<Names>(fingerprint); }

  void compare(ms::Call&, const Names& a, const Names& b, ms::Node, ms::Writer& out) {
    auto members = out.object();
    if (a.failed || b.failed) return;
    const std::size_t shared = a.keys.shared_with(b.keys), all = a.keys.size() + b.keys.size() - shared;
    const std::size_t longer = std::max(a.keys.size(), b.keys.size());
    const double rate = longer == 0 ? 0.0 : static_cast<double>(shared) / static_cast<double>(longer);
    out.member("a_covers_b", shared == b.keys.size());
    out.member("b_covers_a", shared == a.keys.size());
    out.member("coverage_rate", ms::kit::rounded(rate, 6));
    names(out, "only_in_a", a.keys.without(b.keys), limit_);
    names(out, "only_in_b", b.keys.without(a.keys), limit_);

    const std::size_t operators = a.operators.shared_with(b.operators);
    const std::size_t all_operators = a.operators.size() + b.operators.size() - operators;
    const std::size_t types = a.layer_types.shared_with(b.layer_types);
    const std::size_t all_types = a.layer_types.size() + b.layer_types.size() - types;
    const std::size_t ranks = equal_ranks(a, b);
    const auto share = [](std::size_t part, std::size_t whole) { return ms::kit::rounded(ms::kit::similarity(part, whole), 4); };
    out.member("operator_coverage_rate", share(operators, all_operators));
    names(out, "missing_highlevel_ops", b.highlevel.without(a.highlevel), SIZE_MAX);
    out.member("layer_type_coverage", share(types, all_types));
    out.member("shape_compatibility", share(ranks, all));
    out.member("structural_coverage", equal_fields(a.arch, b.arch));
    if (phase1_) out.member("phase1_normalized_match", a.keys.size() > 0 && b.keys.size() > 0 && rate >= threshold_);

    auto counts = out.object("counts");
    out.member("keys_shared", shared);
    out.member("keys_all", all);
    out.member("keys_of_equal_rank", ranks);
    out.member("operators_shared", operators);
    out.member("operators_all", all_operators);
    out.member("layer_types_shared", types);
    out.member("layer_types_all", all_types);
  }

 private:
  static void names(ms::Writer& out, std::string_view key, const std::vector<std::string_view>& list, std::size_t limit) {
    auto scope = out.array(key);
    for (std::size_t i = 0; i < std::min(list.size(), limit); ++i) out.value(list[i]);
  }
  bool equal_fields(const ms::Node& a, const ms::Node& b) const {
    for (const std::string& field : fields_) if (!ms::kit::same(a[field], b[field])) return false;
    return true;
  }

  double threshold_;
  bool phase1_;
  std::size_t limit_;
  std::vector<std::string> fields_;
};

}  // namespace

MODELSIG_PLUGIN("org.modelsig.comparators.coverage", "1.0.0", "Apache-2.0", ms::comparator<Coverage>("comparator.coverage"))
