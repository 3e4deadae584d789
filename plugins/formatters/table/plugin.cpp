#include <modelsig/plugin.hpp>

#include "sections.hpp"

namespace {

class Table {
 public:
  explicit Table(ms::Node options) : color_(options["color"].boolean()), limit_(static_cast<std::size_t>(options["list_limit"].u64())),
                                      width_(static_cast<std::size_t>(options["width"].u64())) {}

  void format(ms::Call&, ms::Node report, ms::Sink& sink) {
    Page page(color_, limit_, width_);
    write_head(page, report);
    for (auto [id, model] : report["models"].members()) write_model(page, id, model);
    write_pairs(page, report["coverage_matrix"]);
    write_plan(page, report["multi_fidelity_plan"]);
    for (auto [step, error] : report["errors"].members()) page.row("failed", std::string(step) + ": " + known(error));
    sink.write(std::move(page).text());
  }

 private:
  bool color_;
  std::size_t limit_, width_;
};

}  // namespace

MODELSIG_PLUGIN("org.modelsig.formatters.table", "1.0.0", "Apache-2.0", ms::formatter<Table>("formatter.table"))
