// A whole rule set in the Snapshot, so that a start neither reads TOML nor lays files over each other. Found in two steps:
// by the files asked for, which files were read (`extends` included); by the texts of those, the image. A changed text finds no image.
#pragma once
#include <filesystem>
#include <span>
#include <string>

namespace modelsig {

class RuleSet;
class Snapshot;

class RuleSetImage {
 public:
  RuleSetImage(Snapshot& snapshot, std::span<const std::filesystem::path> asked);

  bool take(RuleSet& into) const;  // false: there is none, or a file cannot be read; then `into` is of no use
  void put(const RuleSet& set) const;
  static void put_answers(Snapshot& snapshot, const RuleSet& set);  // what patterns matched: another entry, it changes with each model

 private:
  Snapshot& snapshot_;
  std::uint64_t asked_;
};

}  // namespace modelsig
