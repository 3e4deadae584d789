// modelsig/kit/run_lengths.hpp - layers by class in a line: "A3B58C" is three of class 0, 58 of class 1, one of class 2. Beyond Z the
// class's number stands in brackets, "(26)": "AB" could not be told from A and B.
#pragma once
#include <algorithm>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace ms::kit {

inline std::string class_letter(std::size_t c) { return c < 26 ? std::string(1, static_cast<char>('A' + c)) : "(" + std::to_string(c) + ")"; }

template <class Classes>
std::string run_lengths(const Classes& classes) {
  std::string out;
  for (std::size_t i = 0; i < classes.size();) {
    std::size_t end = i;
    while (end < classes.size() && classes[end] == classes[i]) ++end;
    out += class_letter(classes[i]);
    if (end - i > 1) out += std::to_string(end - i);
    i = end;
  }
  return out;
}

struct ClassRun { std::string_view letter; std::uint64_t layers; };  // the letter is part of the pattern that was read

inline std::vector<ClassRun> read_runs(std::string_view pattern) {
  std::vector<ClassRun> out;
  for (std::size_t at = 0; at < pattern.size();) {
    std::size_t end = at + 1;
    if (pattern[at] == '(') end = std::min(pattern.find(')', at), pattern.size() - 1) + 1;
    ClassRun run{pattern.substr(at, end - at), 0};
    for (; end < pattern.size() && pattern[end] >= '0' && pattern[end] <= '9'; ++end) run.layers = run.layers * 10 + static_cast<std::uint64_t>(pattern[end] - '0');
    run.layers = std::max<std::uint64_t>(run.layers, 1);
    out.push_back(run);
    at = end;
  }
  return out;
}

}  // namespace ms::kit
