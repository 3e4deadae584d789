// What the allowed functions would make of their arguments.
#pragma once
#include "allowed.hpp"
#include "pickle_value.hpp"

namespace pytorch {

// The value of function(*arguments). Throws Failure if the arguments are none of its.
Id rebuild(Pool& pool, const Value& function, const Allowed& what, Id arguments);

// ('storage', class, key, location, elements [, view]) -> a STORAGE. Throws Failure.
Id persistent(Pool& pool, Id id, const std::vector<Allowed>& globals);

}  // namespace pytorch
