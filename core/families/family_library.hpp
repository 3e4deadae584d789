// The family files of some directories. A file is read when its family is asked for, and once.
#pragma once
#include <filesystem>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "core/families/family.hpp"

namespace modelsig::families {

// A directory holds NAME.toml a family and may hold
//   kinds.toml roles.toml quant.toml    added to what the directories before it said
//   names/NAME.toml                     names by role, of a container; replaces one of the same name
//   families.toml                       [serves] model_type = "family", for what its file's name does not say
// Without families.toml the beginnings of its files are read, once, to find out.
class FamilyLibrary {
 public:
  explicit FamilyLibrary(std::vector<std::filesystem::path> directories);  // built-in first, a later one wins
  ~FamilyLibrary();

  // Thread-safe. find: the family that serves a model type, null if none does. load: by name; throws Error if there is none or
  // it is wrong, and again each time it is asked.
  std::shared_ptr<const Family> find(std::string_view model_type) const;
  std::shared_ptr<const Family> load(std::string_view name) const;
  // A family that stands in no file: `text` under this name, over the families here. Throws Error.
  std::shared_ptr<const Family> compile(std::string_view text, std::string name) const;
  std::vector<std::string> names() const;                  // of all files, sorted
  std::shared_ptr<const Vocabulary> vocabulary() const;    // throws Error if a shared file is wrong

 private:
  struct State;
  std::shared_ptr<State> state_;
};

}  // namespace modelsig::families

namespace modelsig {
using families::FamilyLibrary;
}
