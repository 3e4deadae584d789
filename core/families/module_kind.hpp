// What a module of a kind stores, takes and returns. Kinds are data (kinds.toml); the kernel knows none.
#pragma once
#include <memory>
#include <string>
#include <string_view>
#include <unordered_map>
#include <utility>
#include <vector>

#include "core/families/module_line.hpp"
#include "core/value/toml_file.hpp"

namespace modelsig::families {

struct ModuleKind {
  struct Parameter { std::string name; Expression otherwise; bool arrow = false; };  // otherwise: empty if it must be given; arrow: `->` stands before it
  std::string name;
  std::vector<Parameter> parameters;
  std::vector<std::pair<std::string, TensorSpec>> tensors;       // suffix -> what is stored
  std::vector<std::vector<Expression>> inputs, outputs;          // shapes; `rows` stands for the leading axes
  std::vector<std::string> input_dtypes, output_dtypes;          // empty text: the model's own
  std::string class_name;                                        // {class}: the family's prefix; {function}: by the argument's value
  std::vector<std::pair<std::string, std::string>> classes;      // what a value of such an argument is called

  const Parameter* parameter(std::string_view called) const;
  // One expression a parameter, in order. Throws SyntaxError with the offset of the line's kind.
  std::vector<Expression> bind(const ModuleLine& line) const;
};

// Names that a caller or the kinds file supplies to every family: batch, seq, ...
struct KindTable {
  std::unordered_map<std::string, ModuleKind> kinds;
  std::vector<std::pair<std::string, Expression>> inputs;        // in order; one may use those before it
  std::vector<std::string> names() const;                        // of the kinds, sorted, for messages
  const ModuleKind* find(std::string_view name) const;
  void read(const TomlFile& file);                               // adds and replaces; throws Error
};

}  // namespace modelsig::families
