// The options of a role as somebody gave them, checked against its manifest and completed with its defaults.
#pragma once
#include "core/host/manifest.hpp"

namespace modelsig {

// `given`: an object, or null for none. It is copied into `into`, in the manifest's order.
// Throws Error on an unknown option, a wrong type, a value out of range: "file:line:column: ..." if the value
// stands in `source`, a bare sentence otherwise (`source` may be null).
Value complete_options(const RoleManifest& role, const Value& given, const TomlFile* source, Document& into);

// "" if the option takes the value, else why not: "is 12, expected at most 9"
std::string refuse_value(const OptionManifest& option, const Value& value);

}  // namespace modelsig
