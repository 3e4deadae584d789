// The report as a graph for Graphviz: a node a model, an arrow from every model that can stand in for another, named by the verdict.
//   modelsig run dot.toml A B C --output dot | dot -Tsvg > stand_ins.svg
#include <modelsig/plugin.hpp>

#include <string>

namespace {

struct Dot {
  explicit Dot(ms::Node options) : direction(options["direction"].str("LR")) {}

  void format(ms::Call& call, ms::Node report, ms::Sink& out) const {
    out.write("digraph stand_ins {\n  rankdir = " + direction + ";\n  node [shape = box];\n");
    for (const auto& [name, model] : report["models"].members()) {
      call.check_cancelled();
      out.write("  " + quoted(name) + (model["complete"].boolean() ? "" : " [style = dashed]") + ";\n");
    }
    for (const auto& [names, pair] : report["coverage_matrix"].members()) {
      call.check_cancelled();
      const std::size_t bar = names.find('|');
      if (bar == std::string_view::npos) continue;
      arrow(names.substr(0, bar), names.substr(bar + 1), pair["stand_in"]["a_for_b"], out);
      arrow(names.substr(bar + 1), names.substr(0, bar), pair["stand_in"]["b_for_a"], out);
    }
    out.write("}\n");
  }

 private:
  static void arrow(std::string_view from, std::string_view to, ms::Node verdict, ms::Sink& out) {
    const std::string_view word = verdict["verdict"].str();
    if (word != "FULL_SUBSTITUTE" && word != "PARTIAL_SUBSTITUTE") return;
    out.write("  " + quoted(from) + " -> " + quoted(to) + " [label = " + quoted(word) + (word.substr(0, 4) == "FULL" ? "" : ", style = dotted") + "];\n");
  }
  static std::string quoted(std::string_view text) {
    std::string out = "\"";
    for (const char c : text) out.append(c == '"' || c == '\\' ? 1 : 0, '\\').append(1, c);
    return out + "\"";
  }

  std::string direction;
};

}  // namespace

MODELSIG_PLUGIN("org.example.dot", "1.0.0", "Apache-2.0", ms::formatter<Dot>("formatter.dot"))
