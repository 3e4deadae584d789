// What goes in and out of the modules of one line, and what they are called: expressions until the indices are bound.
#pragma once
#include <string>
#include <vector>

#include "core/families/model_scope.hpp"

namespace modelsig::families {

struct ModuleEnds {
  struct End { std::vector<Expression> axes; std::size_t rows = 0; };  // rows: how many of them, from the first, are the leading ones
  std::vector<End> ends[2];          // in, out
  IndexSet needs = 0;

  explicit ModuleEnds(const AppliedLine& line) {
    const Family::Template& t = *line.line;
    for (int out : {0, 1})
      for (const auto& shape : out ? t.kind->outputs : t.kind->inputs) {
        End& end = ends[out].emplace_back();
        for (const Expression& e : shape) {
          if (!e.is_name("rows")) { end.axes.push_back(e.substitute([&](std::string_view n) { return argument(t, n); })); continue; }
          if (end.axes.empty()) end.rows = t.over.size();
          end.axes.insert(end.axes.end(), t.over.begin(), t.over.end());
        }
        for (const Expression& e : end.axes) needs |= line.owner->family->needs(e);
      }
  }

  static const Expression* argument(const Family::Template& t, std::string_view name) {
    for (std::size_t i = 0; i < t.arguments.size(); ++i)
      if (t.kind->parameters[i].name == name) return &t.arguments[i];
    return nullptr;
  }

  // {class} is the family's prefix, {an argument} what the kind calls its value; empty where it has no name for it
  static std::string class_name(const AppliedLine& line, Scope& scope) {
    const Family::Template& t = *line.line;
    std::string out = t.class_name.empty() ? t.kind->class_name : t.class_name;
    const std::size_t at = out.find('{'), end = out.find('}', at);
    if (end == std::string::npos) return out;
    const std::string word = out.substr(at + 1, end - at - 1);
    const Expression* e = argument(t, word);
    if (!e) return word == "class" ? out.replace(at, end - at + 1, line.owner->family->class_prefix()) : out;
    const Value value = e->evaluate(scope.lookup());
    for (const auto& [said, called] : t.kind->classes)
      if (value.is(Kind::string) && said == value.str()) return out.replace(at, end - at + 1, called);
    return {};
  }
};

}  // namespace modelsig::families
