// A family as a person reads a printed model: the module tree with roles, kinds and symbolic shapes.
#pragma once
#include <string>

#include "core/families/family_model.hpp"

namespace modelsig::families {

std::string module_tree(const Family& family);           // what the family says, conditions undecided
std::string module_tree(const FamilyModel& model);       // what one config makes of it: sizes, and how often a line occurs

}  // namespace modelsig::families
