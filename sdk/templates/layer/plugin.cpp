#include <modelsig/plugin.hpp>

#include <string>

namespace {

struct @CLASS@ {
  explicit @CLASS@(ms::Node options) : smallest(options["smallest"].u64()) {}

  void run(ms::Call& call, ms::Model model, ms::Node, ms::Writer& out) const {
    std::uint64_t tensors = 0, parameters = 0, most = 0;
    std::string_view largest;
    for (std::size_t i = 0; i < model.tensors(); ++i) {
      call.check_cancelled();
      const ms::Tensor tensor = model.tensor(i);
      std::uint64_t elements = 1;
      for (const std::uint64_t axis : tensor.shape)
        if (__builtin_mul_overflow(elements, axis, &elements)) throw ms::Error(MS_DATA_LOSS, std::string(tensor.name) + " has more elements than can be counted");
      if (elements < smallest) continue;
      ++tensors;
      if (__builtin_add_overflow(parameters, elements, &parameters)) throw ms::Error(MS_DATA_LOSS, "the model has more parameters than can be counted");
      if (elements > most) most = elements, largest = tensor.name;
    }
    auto section = out.object();
    out.member("tensors", tensors);
    out.member("parameters", parameters);
    out.member("largest", largest);
  }

  std::uint64_t smallest;
};

}  // namespace

MODELSIG_PLUGIN("org.example.@NAME@", "1.0.0", "Apache-2.0", ms::layer<@CLASS@>("@ROLE@"))
