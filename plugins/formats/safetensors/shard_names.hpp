// What file names alone tell: parts of a set, parts that are missing, paths that lead out of the folder.
#pragma once
#include <string>
#include <string_view>
#include <vector>

namespace safetensors {

inline constexpr std::string_view SUFFIX = ".safetensors";

// "model-00002-of-00005.safetensors" -> {"model-", 2, 5}
struct Part { std::string_view set; unsigned number, count; };
bool is_part(std::string_view name, Part& out, std::string_view suffix = SUFFIX);

// Sets of which not all parts are there, with a sentence. Counting starts at 0 or 1.
struct MissingParts { std::string pattern, text; };
std::vector<MissingParts> missing_parts(const std::vector<std::string>& names, std::string_view suffix = SUFFIX);

// Completes "names the file 'x', which ..."; empty if the path stays inside the folder.
std::string outside(std::string_view path);

}  // namespace safetensors
