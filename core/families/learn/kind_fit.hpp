// Which kinds of module store exactly such tensors, and which of their axes each argument is.
#pragma once
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "core/families/learn/skeleton.hpp"
#include "core/families/module_kind.hpp"

namespace modelsig::families::learn {

struct Axis { const Path* path; std::size_t number; };

struct KindFit {
  const ModuleKind* kind = nullptr;
  std::map<std::string, Axis> sizes;                 // parameter -> the axis that says it
  std::map<std::string, std::string> literals;       // parameter -> what makes the shapes come out: "1"
  struct Optional { const Path* path; bool negated; };
  std::map<std::string, Optional> optional;          // parameter -> the tensor that is there if it holds (path null: never there)
  std::vector<std::string> open;                     // no tensor shows it: k of a router
  bool own_dtype = false, other_dtype = false;       // it says a dtype, and that is, or is not, what is stored
};

// `tensors`: what the module stores, by suffix. `whole`: a suffix that is there wherever the module is.
std::optional<KindFit> fit(const ModuleKind& kind, const std::map<std::string, const Path*>& tensors, const std::map<std::string, bool>& whole);

}  // namespace modelsig::families::learn
