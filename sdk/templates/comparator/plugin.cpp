#include <modelsig/plugin.hpp>

#include <string>

namespace {

struct @CLASS@ {
  explicit @CLASS@(ms::Node options) : section(options["section"].str()) {}

  // A node lives until the end of the run: the handle is the section itself.
  std::unique_ptr<ms::Node> prepare(ms::Call&, ms::Node fingerprint) const { return std::make_unique<ms::Node>(fingerprint[section]); }

  void compare(ms::Call& call, const ms::Node& a, const ms::Node& b, ms::Node, ms::Writer& out) const {
    std::uint64_t shared = 0;
    for (const auto& [name, value] : a.members()) {
      call.check_cancelled();
      if (b[name]) ++shared;
    }
    auto object = out.object();
    out.member("shared", shared);
    out.member("only_in_a", (a.is_object() ? a.size() : 0) - shared);
    out.member("only_in_b", (b.is_object() ? b.size() : 0) - shared);
  }

  std::string section;
};

}  // namespace

MODELSIG_PLUGIN("org.example.@NAME@", "1.0.0", "Apache-2.0", ms::comparator<@CLASS@>("@ROLE@"))
