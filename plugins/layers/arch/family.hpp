// The model against its family file: how many tensors are as promised, which are missing, which nobody promised,
// each with the condition that explains it. Asking for the "family" part is what makes the kernel compare.
#pragma once
#include <modelsig/plugin.hpp>

#include <algorithm>
#include <set>
#include <string>

class FamilySection {
 public:
  explicit FamilySection(ms::Node) {}

  void run(ms::Call& call, ms::Model model, ms::Node so_far, ms::Writer& out) {
    auto members = out.object();
    out.key("family");
    if (ms::Node family = so_far["adapter"].is_object() ? ms::Node() : model.part("family")) out.value(family);
    else out.null();
    const ms::Node family = so_far["adapter"].is_object() ? ms::Node() : model.part("family");
    if (family && !family["problem"] && model.part("source")["format"].is_string()) compare_schemes(call, model, family["scheme"].str());
  }

 private:
  static bool lists(ms::Node list, std::string_view text) {
    return std::any_of(list.items().begin(), list.items().end(), [&](ms::Node n) { return n.str() == text; });
  }

  // What the configuration says of the quantisation against what the tensors look like (rule table "quant_mark").
  static void compare_schemes(const ms::Call& call, const ms::Model& model, std::string_view said) {
    bool marked = false, expected = false;
    std::set<std::string_view> told;
    for (ms::Node rule : call.rules("quant_mark").items()) expected |= lists(rule["schemes"], said);
    for (std::size_t i = 0; i < model.groups(); ++i) {
      const std::string_view name = model.group(i)["name"].str();
      const ms::Node mark = call.rule("quant_mark", name);
      if (!mark) continue;
      const bool agrees = lists(mark["schemes"], said);
      marked |= agrees;
      if (agrees || said == "unknown" || !told.insert(mark["id"].str()).second) continue;
      call.problem(MS_WARN, name, "is how " + std::string(mark["value"].str()) + " is stored, but the configuration " +
                                      (said.empty() ? "names no quantisation that is known here" : "says " + std::string(said)));
    }
    if (expected && !marked)
      call.problem(MS_WARN, "quantization_config", "says " + std::string(said) + ", but no tensor is stored as it is: they look like an unquantised checkpoint's");
  }
};
