#pragma once
#include <modelsig/plugin.hpp>

class Lines;

class ReferenceTable {
 public:
  explicit ReferenceTable(ms::Node options) : color_(options["color"].boolean()) {}
  void format(ms::Call& call, ms::Node report, ms::Sink& sink);

 private:
  std::string paint(std::string_view text, std::string_view color) const;
  void model(Lines& out, std::string_view id, const ms::Node& model) const;
  void pairs(Lines& out, const ms::Node& pairs) const;
  void strategies(Lines& out, const ms::Node& pairs) const;
  void plan(Lines& out, const ms::Node& plan) const;

  bool color_;
};
