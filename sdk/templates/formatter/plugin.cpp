#include <modelsig/plugin.hpp>

#include <string>

namespace {

struct @CLASS@ {
  explicit @CLASS@(ms::Node options) : separator(options["separator"].str(",")) {}

  void format(ms::Call& call, ms::Node report, ms::Sink& out) const {
    out.write("model" + separator + "complete" + separator + "groups\n");
    for (const auto& [name, model] : report["models"].members()) {
      call.check_cancelled();
      const ms::Node groups = model["static_weight_signature"];
      out.write(quoted(name) + separator + (model["complete"].boolean() ? "true" : "false") + separator + std::to_string(groups.is_object() ? groups.size() : 0) + "\n");
    }
  }

 private:
  // as RFC 4180 wants it
  static std::string quoted(std::string_view text) {
    std::string out = "\"";
    for (const char c : text) out.append(c == '"' ? "\"\"" : std::string(1, c));
    return out + "\"";
  }

  std::string separator;
};

}  // namespace

MODELSIG_PLUGIN("org.example.@NAME@", "1.0.0", "Apache-2.0", ms::formatter<@CLASS@>("@ROLE@"))
