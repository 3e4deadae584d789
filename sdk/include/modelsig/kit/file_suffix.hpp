// modelsig/kit/file_suffix.hpp - the end of a file's name, whatever the case of its letters: MODEL.GGUF is a .gguf.
#pragma once
#include <algorithm>
#include <string_view>

namespace ms {

inline bool has_suffix(std::string_view name, std::string_view suffix) {
  const auto small = [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; };
  return name.size() >= suffix.size() &&
         std::equal(suffix.begin(), suffix.end(), name.end() - static_cast<std::ptrdiff_t>(suffix.size()), [&](char a, char b) { return small(a) == small(b); });
}

}  // namespace ms
