// Lines of a family as a file that reads like one written by hand.
#pragma once
#include <string>
#include <vector>

#include "core/families/learn/index_names.hpp"

namespace modelsig::families::learn {

struct Line {
  std::string group, key;             // path of the group, the rest of the path
  std::string role, what;             // "attn.q", "linear(hidden -> heads*head_dim)"
  std::string when, over, same_as, part;
  std::vector<std::string> doubts;
  std::vector<std::string> expressions;  // all of the line's, for the names in them
};

struct FamilyText {
  std::string comment;                // lines above everything, without '#'
  std::vector<std::string> serves;
  std::string class_prefix;
  std::vector<Line> lines;

  std::string write(const Habits& habits, const Quantities& quantities, const IndexNames& indices) const;
};

}  // namespace modelsig::families::learn
