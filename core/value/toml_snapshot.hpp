// A TOML file's values and their places as bytes, for the Snapshot:
//     u32 count, count x Places of all values in document order | the values (value_bytes.hpp)
#pragma once
#include <string>
#include <string_view>
#include <vector>

#include "core/value/toml_file.hpp"

namespace modelsig::toml_snapshot {

using Places = TomlFile::Places;

std::string write(const Value& root, const std::vector<Places>& places);  // places: of all values, in document order
// Puts the root into `document`, its texts stay in `bytes`, and the places into `places`; false if write() did not make the bytes.
bool read(std::string_view bytes, Document& document, std::vector<Places>& places);

}  // namespace modelsig::toml_snapshot
