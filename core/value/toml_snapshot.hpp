// A TOML file's values and their places as bytes, for the Snapshot: a tree in document order,
//     value   kind, Places, then by kind: 8 bytes | u32 length, text | u32 count, values (of an object: u32 length, key ahead of each)
#pragma once
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/value/toml_file.hpp"

namespace modelsig::toml_snapshot {

using Places = TomlFile::Places;

std::string write(const Value& root, const std::vector<Places>& places);  // places: of all values, in document order
// Puts the root into `document` and the places behind `places`; false if the bytes are not what write() makes.
bool read(std::string_view bytes, Document& document, std::vector<Places>& places);

}  // namespace modelsig::toml_snapshot
