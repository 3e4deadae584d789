// Finds the condition under which a module is there: from per-layer lists, numbers that a layer is compared with or divided by,
// flags, and pairs of these. It has to hold for every layer of every sample.
#pragma once
#include <optional>
#include <string>
#include <vector>

#include "core/families/learn/size_solver.hpp"

namespace modelsig::families::learn {

class ConditionSolver {
 public:
  // Which values of one index have it, a sample each: there[s][i]. A sample without the index has one entry, for the whole.
  using Presence = std::vector<std::vector<bool>>;

  ConditionSolver(const Quantities& quantities, const Habits& habits) : quantities_(quantities), habits_(habits) {}
  // Empty text: always. `index` empty: the samples alone decide. Never fails: else the values are listed, in doubt.
  Answer solve(const Presence& there, const std::string& index, const std::string& count, const std::string& path) const;

 private:
  struct Test { std::string text; double cost; std::string holds; bool literal; };  // holds: '1' or '0' a place
  std::vector<Test> tests(const Presence& there, const std::string& index, const std::string& count, const std::string& path) const;

  const Quantities& quantities_;
  const Habits& habits_;
};

}  // namespace modelsig::families::learn
