// One line a pair, of what its comparators found.
#include <modelsig/plugin.hpp>

namespace {

class Strategy {
 public:
  explicit Strategy(ms::Node) {}

  void advise(ms::Call&, ms::Node report, ms::Writer& out) {
    auto members = out.object();
    auto summary = out.object("test_strategy_summary");
    for (auto [pair, found] : report["coverage_matrix"].members()) {
      const auto put = [&out](std::string_view key, const ms::Node& value) { out.member(key, value); };  // absent: null
      auto entry = out.object(pair);
      put("verdict", found["substitution_verdict"]);
      put("level", found["test_strategy"]["level"]);
      put("scope", found["test_strategy"]["test_scope"]);
      put("isomorphism", found["isomorphism"]);
      put("coverage_rate", found["coverage_rate"]);
    }
  }
};

}  // namespace

MODELSIG_PLUGIN("org.modelsig.advisors.strategy", "1.0.0", "Apache-2.0", ms::advisor<Strategy>("advisor.strategy"))
