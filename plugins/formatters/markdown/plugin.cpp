#include <modelsig/plugin.hpp>

#include "sections.hpp"

namespace {

class Markdown {
 public:
  explicit Markdown(ms::Node) {}

  void format(ms::Call&, ms::Node report, ms::Sink& sink) {
    const ms::Node made = report["provenance"];
    std::string out = "# " + escaped(known(report["tool"])) + " report\n\n" + escaped(known(report["version"])) + ", " + known(report["timestamp"]);
    if (made) out += ", pipeline " + code(known(made["pipeline"]["name"])) + ", rules " + code(known(made["rules"]["digest"]));
    out += "\n\n" + models_section(report["models"]) + pairs_section(report["coverage_matrix"]) + plan_section(report["multi_fidelity_plan"]);
    for (auto [step, error] : report["errors"].members()) out += "- **failed** " + code(step) + ": " + escaped(known(error)) + "\n";
    while (out.ends_with("\n\n")) out.pop_back();
    sink.write(out);
  }
};

}  // namespace

MODELSIG_PLUGIN("org.modelsig.formatters.markdown", "1.0.0", "Apache-2.0", ms::formatter<Markdown>("formatter.markdown"))
