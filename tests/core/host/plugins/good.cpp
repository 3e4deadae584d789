// A plugin as its author writes it, with two roles. Its constructor leaves a trace: see trace.h.
#include <modelsig/plugin.hpp>

#include "../trace.h"

__attribute__((constructor)) static void loaded() { leave_trace("good"); }

namespace {

struct Layer {
  explicit Layer(ms::Node options) : limit(options["limit"].i64()) {
    if (limit > 9000) throw ms::Error(MS_LIMIT, "limit is over 9000");
  }
  void run(ms::Call&, ms::Model, ms::Node, ms::Writer& out) { out.value(limit); }
  std::int64_t limit;
};

struct Store {
  struct Repo {
    void list(ms::Call&, ms::Writer&) {}
    void read(ms::Call&, std::span<ms_range>) {}
    void describe(ms::Call&, ms::Writer&) {}
  };
  explicit Store(ms::Node) {}
  std::unique_ptr<Repo> open(ms::Call&, std::string_view) { return std::make_unique<Repo>(); }
};

}  // namespace

MODELSIG_PLUGIN("org.modelsig.test.good", "1.2.3", "Apache-2.0", ms::layer<Layer>("layer.good"), ms::store<Store>("store.good"))
