// Which modules of two parts are the same, and what must be done to see it.
#pragma once
#include "anatomy.hpp"

struct Matches {
  std::size_t as_is = 0;
  std::vector<std::string> transpose, fuse, unpack;  // roles: turned; one tensor against its parts; another dtype or scheme
  std::vector<std::string> only_in_a, only_in_b;
  void write(ms::Writer& out) const;
};

void match_roles(const Part& a, const Part& b, const RoleParts& parts, Matches& out);
