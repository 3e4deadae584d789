#pragma once
#include <modelsig/plugin.hpp>

class Lines;

class ReferenceMarkdown {
 public:
  explicit ReferenceMarkdown(ms::Node) {}
  void format(ms::Call& call, ms::Node report, ms::Sink& sink);

 private:
  static void model(Lines& out, std::string_view id, const ms::Node& model);
  static void pairs(Lines& out, const ms::Node& pairs);
  static void strategies(Lines& out, const ms::Node& pairs);
  static void details(Lines& out, const ms::Node& pairs);
  static void transfer(Lines& out, const ms::Node& transfer);
  static void plan(Lines& out, const ms::Node& plan);
};
