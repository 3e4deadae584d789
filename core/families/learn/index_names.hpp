// The indices of the learned file: a name and a count for every hole, and the sub-config (tower) that a path belongs to.
#pragma once
#include <string>
#include <vector>

#include "core/families/learn/size_solver.hpp"
#include "core/families/learn/skeleton.hpp"

namespace modelsig::families::learn {

class IndexNames {
 public:
  struct Index { std::string name; Answer count; std::string context; };

  IndexNames(const Habits& habits, const Quantities& quantities, const SizeSolver& sizes, const std::vector<Hole>& holes);
  static bool is_index(const Hole& hole, const Habits& habits, const SizeSolver& sizes);

  const Index& of(std::size_t hole) const { return indices_[hole]; }
  std::vector<Index> distinct() const;                        // each name once
  std::string path(const std::string& with_numbers) const;    // {0} -> {layer}
  std::string context(const Path& path) const;                // by its holes, else by the path most like it that has some

 private:
  std::string name_for(const Habits& habits, const Quantities& quantities, const Hole& hole, const Index& index) const;
  const std::vector<Hole>& holes_;
  std::vector<Index> indices_;
};

}  // namespace modelsig::families::learn
