// The names of a container that spells every architecture the same way, by role (names/NAME.toml): one table serves all families.
// A family's line becomes a line a name: experts of a layer stacked into one tensor, fused tensors apart, stored the other way
// round. What has no name there is not stored there.
#pragma once
#include <map>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "core/families/family.hpp"

namespace modelsig::families {

class NameTable {
 public:
  // A line as the container stores it; `line` is complete by itself.
  struct Spelled {
    Family::Template line;
    std::string split;             // the label whose tensor this is in pieces, or that has pieces; empty: stored in one way only
    bool piece = false;            // of `split`
    bool first = true;             // of several names for the same tensor, the one that stands for all
    std::string label_role, label_suffix;
  };

  static NameTable read(const TomlFile& file, const RoleVocabulary& roles);  // throws Error
  // `label_part`: "vision/" or empty. In order; all names of a tensor stand together.
  std::vector<Spelled> spell(const Family& family, const Family::Template& line, std::string_view label_part) const;

 private:
  using Names = std::vector<std::string>;
  struct Piece { std::string label, name; std::vector<Expression> shape; };
  struct Split { std::string label; std::set<std::string, std::less<>> only; std::vector<Piece> into; bool always = false; };
  using Table = std::map<std::string, Names, std::less<>>;

  const Split* split_of(const Family& family, const Family::Template& line, std::string_view label) const;
  const Names* names_of(const Family& family, const Family::Template& line, std::string_view label) const;

  Table roles_, tensors_, stacked_;
  std::map<std::string, Table, std::less<>> only_;
  std::vector<Split> splits_;
  std::set<std::string, std::less<>> turned_;  // kinds whose weight stands the other way round
};

}  // namespace modelsig::families
