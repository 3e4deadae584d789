// Deep merge of two objects: what advisors add to the report. Scalars and lists may not collide.
#pragma once
#include <string>

#include "core/value/builder.hpp"

namespace modelsig {

// Throws Error naming `who` and the path where both have a value.
Value merge_objects(Document& into, const Value& base, const Value& more, const std::string& who, const std::string& path = {});

}  // namespace modelsig
