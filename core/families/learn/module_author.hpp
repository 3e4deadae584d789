// One module of the samples as a line: its kind, its sizes in the config's words, the condition under which it is there.
#pragma once
#include <map>
#include <string>
#include <vector>

#include "core/families/learn/condition_solver.hpp"
#include "core/families/learn/family_text.hpp"
#include "core/families/learn/kind_fit.hpp"

namespace modelsig::families::learn {

struct Module {
  std::string path;                             // with {numbers of holes}
  std::vector<std::size_t> holes;
  std::map<std::string, const Path*> tensors;   // by suffix
  std::string role;
  std::string role_doubt;
  std::string context;
};

class ModuleAuthor {
 public:
  ModuleAuthor(const std::vector<Sample>& samples, const Habits& habits, Quantities& quantities, const SizeSolver& sizes, const Vocabulary& vocabulary,
               const Skeleton& skeleton, const IndexNames& indices);
  std::string head(const Module& module) const;    // the condition on `head` that others have here, if the samples don't speak against it
  std::vector<Line> lines(const Module& module);   // one, or one for each tensor if no kind stores such tensors

 private:
  using Values = std::map<Place, std::int64_t>;
  struct Choice { KindFit fit; std::vector<std::string> others; };
  std::optional<Choice> choose(const Module& module);
  Line begin(const Module& module, const std::string& path) const;
  void there(const Module& module, const std::vector<const Path*>& tensors, Line& line);
  Line written(const Module& module, const Choice& choice);
  Line bare(const Module& module, const std::string& suffix, const Path& path);
  std::string argument(const Module& module, const KindFit& fit, const ModuleKind::Parameter& parameter, Line& line);
  std::string flag(const Module& module, const std::string& suffix, const KindFit::Optional& optional, const Path& whole, Line& line);
  Answer size(const Module& module, const Values& values, const Habits::Wordings& wordings, unsigned depth = 0);
  Answer condition(const std::vector<std::size_t>& holes, const std::vector<Place>& places, const std::string& path) const;
  std::vector<Expression> words(const Module& module, const Habits::Wordings& wordings);

  const std::vector<Sample>& samples_;
  const Habits& habits_;
  Quantities& quantities_;
  const SizeSolver& sizes_;
  ConditionSolver conditions_;
  const Vocabulary& vocabulary_;
  const Skeleton& skeleton_;
  const IndexNames& indices_;
  std::string dtype_;                           // of most tensors
};

}  // namespace modelsig::families::learn
