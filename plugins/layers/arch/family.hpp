// The model against its family file: how many tensors are as promised, which are missing, which nobody promised,
// each with the condition that explains it. Asking for the "family" part is what makes the kernel compare.
#pragma once
#include <modelsig/plugin.hpp>

class FamilySection {
 public:
  explicit FamilySection(ms::Node) {}

  void run(ms::Call&, ms::Model model, ms::Node so_far, ms::Writer& out) {
    auto members = out.object();
    out.key("family");
    if (ms::Node family = so_far["adapter"].is_object() ? ms::Node() : model.part("family")) out.value(family);
    else out.null();
  }
};
