// How a checkpoint is quantised, read from quantization_config in config.json or from the side files that
// ModelOpt, AutoGPTQ and AutoAWQ write. What nothing says stays null: a guess here would be believed.
#pragma once
#include <modelsig/plugin.hpp>

class QuantPath {
 public:
  explicit QuantPath(ms::Node) {}
  void run(ms::Call& call, ms::Model model, ms::Node so_far, ms::Writer& out);
};
