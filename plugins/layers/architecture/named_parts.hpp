// Tensors of a model that no family file serves, sorted by what their names say: part, stack, layer, role.
#pragma once
#include <map>

#include "component.hpp"

struct NamedPart {
  using Roles = std::map<std::string, Role>;                           // by key
  Roles top;
  std::map<std::string, std::map<std::uint64_t, Roles>> stacks;        // path -> layer
  bool tower = false;                                                  // told by its name alone
};

// "" is the model itself. A name that no rule knows stands for its own role: "=resnets.N.conv1".
std::map<std::string, NamedPart> named_parts(const ms::Call& call, const ms::Model& model);
