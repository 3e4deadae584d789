// Small checks of a TOML value, each failing with file:line:column, what was found and what is allowed.
#pragma once
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "core/value/toml_file.hpp"

namespace modelsig::check {

std::string describe(const Value& value);  // "an integer", "a list" ...
std::string_view text(const TomlFile& file, const Value& value, std::string_view key);  // a string
bool boolean(const TomlFile& file, const Value& value, std::string_view key);
// A string or a non-empty list of strings, every one by itself. empty_ok: "" is meant, not a slip.
std::vector<const Value*> texts(const TomlFile& file, const Value& value, std::string_view key, bool empty_ok = false);
// fails on the first member whose key is not in `allowed`; `what` is "[names]" or so
void keys(const TomlFile& file, const Value& object, std::span<const std::string> allowed, std::string_view what);
std::string join(std::span<const std::string> words);  // "a, b and c"

}  // namespace modelsig::check
