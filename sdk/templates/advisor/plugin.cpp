#include <modelsig/plugin.hpp>

#include <string>

namespace {

struct @CLASS@ {
  explicit @CLASS@(ms::Node options) : member(options["member"].str()) {}

  void advise(ms::Call& call, ms::Node report, ms::Writer& out) const {
    call.check_cancelled();
    const ms::Node models = report["models"];
    auto members = out.object();
    auto mine = out.object(member);
    out.member("models", models.is_object() ? models.size() : 0);
    auto incomplete = out.array("incomplete");
    for (const auto& [name, model] : models.members())
      if (!model["complete"].boolean()) out.value(name);
  }

  std::string member;
};

}  // namespace

MODELSIG_PLUGIN("org.example.@NAME@", "1.0.0", "Apache-2.0", ms::advisor<@CLASS@>("@ROLE@"))
