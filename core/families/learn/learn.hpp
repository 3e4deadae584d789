// `rules learn`: a family file proposed from checkpoints. The inverse of FamilyModel: names, shapes and configs in, lines out.
#pragma once
#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "core/families/checkpoint_check.hpp"
#include "core/families/family_library.hpp"
#include "core/families/learn/sample.hpp"

namespace modelsig::families::learn {

struct Request {
  std::string name;                                              // what the file will be called
  std::vector<std::string> serves;                               // model types
  std::vector<Sample> samples;
  std::function<std::string(std::string_view tensor)> role;      // what a rule says; empty: no rule knows the name
};

struct Learned {
  std::string text;
  std::size_t lines = 0, doubtful = 0;
  std::vector<std::string> wrong;                                // a sample each: where the file differs from it; empty: nowhere
  bool exact() const;
};

Learned learn(const FamilyLibrary& library, const Request& request);  // throws Error

}  // namespace modelsig::families::learn
