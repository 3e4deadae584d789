// What to test where, by how much of the one model the other has.
#pragma once
#include <modelsig/kit/number_text.hpp>
#include <modelsig/writer.hpp>

#include <string>

struct Shares { double layer_types, shapes, operators; };  // exact, not rounded for the report

inline std::string shares_text(const Shares& s) {
  return "Layer type coverage " + ms::kit::percent(s.layer_types, 1) + ", shape compatibility " + ms::kit::percent(s.shapes, 1);
}

inline void write_strategy(ms::Writer& out, std::string_view level, std::string_view description, std::string_view scope) {
  auto section = out.object("test_strategy");
  out.member("level", level);
  out.member("description", description);
  out.member("test_scope", scope);
}

inline void write_strategy(ms::Writer& out, const Shares& s, bool can_substitute, double partial) {
  const std::string shares = shares_text(s);
  if (can_substitute) {
    write_strategy(out, "RECOMMENDED", shares + " — both above threshold.", "Full functional test suite on the smaller model.");
  } else if (s.layer_types >= partial && s.shapes >= partial) {
    write_strategy(out, "PARTIAL", shares + " — acceptable but below ideal.",
                   "Core functional tests on smaller model + regression on target size.");
  } else {
    write_strategy(out, "NOT_RECOMMENDED", shares + " — too low.", "Must use the target model size for all tests.");
  }
}
