#include <modelsig/plugin.hpp>

#include <map>
#include <string>

namespace {

struct Axes {
  explicit Axes(ms::Node options) : smallest(options["smallest"].u64()) {}

  void run(ms::Call& call, ms::Model model, ms::Node, ms::Writer& out) {
    std::map<std::uint64_t, std::uint64_t> lengths;
    for (std::size_t i = 0; i < model.tensors(); ++i) {
      call.check_cancelled();
      for (std::uint64_t axis : model.tensor(i).shape)
        if (axis >= smallest) ++lengths[axis];
    }
    auto section = out.object();
    out.member("smallest", smallest);
    auto axes = out.object("axes");
    for (const auto& [axis, count] : lengths) out.member(std::to_string(axis), count);
  }

  std::uint64_t smallest;
};

}  // namespace

MODELSIG_PLUGIN("org.example.axes", "1.0.0", "Apache-2.0", ms::layer<Axes>("layer.axes"))
