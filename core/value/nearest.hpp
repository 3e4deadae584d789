// "did you mean": the candidate with the smallest edit distance, if it is close enough to be a slip.
#pragma once
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace modelsig {

std::size_t edit_distance(std::string_view a, std::string_view b);
std::string_view nearest(std::string_view word, std::span<const std::string> candidates);  // "" if none is close
// ", did you mean 'x'?" or ""
std::string did_you_mean(std::string_view word, std::span<const std::string> candidates);

}  // namespace modelsig
