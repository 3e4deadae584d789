// Compiled by clang++ against libc++ and loaded into a host with libstdc++: no std:: type may cross the border.
#include <modelsig/plugin.hpp>

#include <stdexcept>
#include <string>
#include <vector>

#ifndef _LIBCPP_VERSION
#error "this plugin is meant to use libc++"
#endif

namespace {

struct Layer {
  explicit Layer(ms::Node options) : limit(options["limit"].i64()) {
    if (limit > 9000) throw std::runtime_error("limit is over " + std::to_string(9000));
  }
  void run(ms::Call&, ms::Model, ms::Node, ms::Writer& out) {
    const std::vector<std::string> words(static_cast<std::size_t>(limit), std::string(100, 'x'));
    out.value(static_cast<std::int64_t>(words.size()));
  }
  std::int64_t limit;
};

}  // namespace

MODELSIG_PLUGIN("org.modelsig.test.libcxx", "1.0", "Apache-2.0", ms::layer<Layer>("layer.libcxx"))
