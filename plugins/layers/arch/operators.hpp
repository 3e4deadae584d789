// L3: the operators that the names of a model's tensors tell of, and those that its facts and roles do.
#pragma once
#include <modelsig/plugin.hpp>

#include <set>
#include <string>

#include "operator_facts.hpp"

class Operators {
 public:
  explicit Operators(ms::Node options) : unknown_(options["unknown"].str()) {}

  void run(ms::Call& call, ms::Model model, ms::Node so_far, ms::Writer& out) {
    std::set<std::string_view> types, highlevel;
    if (so_far["source"].str() != "error") {
      for (ms::Node rule : call.rules("operator_always").items()) types.insert(rule["value"].str());
      for (std::size_t i = 0; i < model.groups(); ++i) {
        const ms::Node labels = model.group(i)["labels"];
        for (ms::Node label : labels["operator"].items()) types.insert(label["value"].str());
        for (ms::Node label : labels["highlevel_op"].items()) highlevel.insert(label["value"].str());
      }
      OperatorFacts(call).apply(so_far["structure"], types, highlevel);
      if (highlevel.empty() && model.groups() > 0) highlevel.insert(unknown_);
    }
    auto members = out.object();
    out.list("op_types", types);
    out.list("unique_ops_highlevel", highlevel);
  }

 private:
  std::string unknown_;
};
