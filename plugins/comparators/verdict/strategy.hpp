// What to test where, by how much of the one model the other has.
#pragma once
#include <modelsig/kit/number_text.hpp>
#include <modelsig/writer.hpp>

#include <string>

struct Shares { double layer_types, shapes, operators; };  // exact, not rounded for the report

enum class Level { recommended, partial, not_recommended };  // from the best on

inline Level level_of(const Shares& s, bool can_substitute, double partial) {
  if (can_substitute) return Level::recommended;
  return s.layer_types >= partial && s.shapes >= partial ? Level::partial : Level::not_recommended;
}

inline void write_strategy(ms::Writer& out, std::string_view level, std::string_view description, std::string_view scope) {
  auto section = out.object("test_strategy");
  out.member("level", level);
  out.member("description", description);
  out.member("test_scope", scope);
}

// limited: the coverage alone would allow more than the verdict does
inline void write_strategy(ms::Writer& out, const Shares& s, Level level, bool limited) {
  const std::string shares = "Layer type coverage " + ms::kit::percent(s.layer_types, 1) + ", shape compatibility " + ms::kit::percent(s.shapes, 1);
  const auto why = [&](const char* text) { return shares + (limited ? ", but the verdict allows no more." : text); };
  switch (level) {
    case Level::recommended:
      return write_strategy(out, "RECOMMENDED", why(" — both above threshold."), "Full functional test suite on the smaller model.");
    case Level::partial:
      return write_strategy(out, "PARTIAL", why(" — acceptable but below ideal."),
                            "Core functional tests on smaller model + regression on target size.");
    case Level::not_recommended:
      return write_strategy(out, "NOT_RECOMMENDED", why(" — too low."), "Must use the target model size for all tests.");
  }
}
