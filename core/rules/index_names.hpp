// Index normalisation: names that differ in indices only become one abstract name.
#pragma once
#include <string>
#include <string_view>

namespace modelsig {

struct IndexNames {
  enum class Mode {
    components,    // every component between dots that is all ASCII digits, also the first and the last
    between_dots,  // \.\d+\. from left to right without overlap, as Python's re.sub does: ".0.1." -> ".N.1."
  };
  Mode mode = Mode::components;
  std::string placeholder = "N";

  void apply(std::string_view name, std::string& out) const;  // out is overwritten
};

}  // namespace modelsig
