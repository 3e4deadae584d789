// What a rule set's patterns were found to match, as bytes for the Snapshot: u32 tables, for each
//     u32 subjects, subjects x {u32 length, text, u32 rules, rules x u32}
#pragma once
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/rules/matcher.hpp"

namespace modelsig::answers {

using Tables = std::vector<Matcher::Answers>;  // as many as the rule set has, in its order

std::string write(const Tables& tables);
// nothing if the bytes are not what write() makes of tables with that many rules
std::optional<Tables> read(std::string_view bytes, const std::vector<std::size_t>& rules);

}  // namespace modelsig::answers
