// Quantisation schemes: what a checkpoint stores instead of a module's tensors. Data (quant.toml); families know none of it.
#pragma once
#include <algorithm>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <unordered_map>
#include <unordered_set>
#include <utility>
#include <vector>

#include "core/families/module_line.hpp"
#include "core/families/role_vocabulary.hpp"
#include "core/value/toml_file.hpp"

namespace re2 { class RE2; }

namespace modelsig::families {

struct QuantScheme {
  std::string name, where;                       // where: file:line
  Expression when;
  std::vector<std::string> keep, only;           // roles never touched; the only roles touched (empty: all)
  std::vector<std::string> keep_parts;           // towers never touched
  bool opaque = false;                           // known by name: what its modules store is not
  // kind -> what is stored, by suffix; `tensor`: bare tensors, axes a0, a1, ..., the suffix is appended without a dot
  std::unordered_map<std::string, std::vector<std::pair<std::string, TensorSpec>>> store;
};

class QuantTable {
 public:
  void read(const TomlFile& file, const RoleVocabulary& roles);
  struct Name { std::string name; std::vector<std::vector<std::string>> keys; };  // keys cut at their dots; a step "*": the group at hand
  const std::vector<Name>& names() const { return names_; }
  const std::vector<std::vector<std::string>>& groups() const { return groups_; }  // where a config keeps several groups of modules
  const std::string& targets() const { return targets_; }                          // and each of them what modules are in it
  bool is_whole(std::string_view target) const { return std::find(whole_.begin(), whole_.end(), target) != whole_.end(); }  // all there is to pack
  const std::vector<QuantScheme>& schemes() const { return schemes_; }

 private:
  std::vector<Name> names_;
  std::vector<QuantScheme> schemes_;
  std::vector<std::vector<std::string>> groups_;
  std::string targets_;
  std::vector<std::string> whole_;
};

// The schemes picked for one config: one, or one for each of its groups of modules. The config must outlive it.
class ActiveScheme {
 public:
  static constexpr std::size_t kNone = SIZE_MAX;
  static std::shared_ptr<const ActiveScheme> pick(std::shared_ptr<const QuantTable> table, const Value& config);  // null: not quantised

  std::size_t groups() const { return groups_.size(); }
  const QuantScheme& scheme(std::size_t group) const { return *groups_[group].scheme; }
  std::string name() const;                      // of all schemes
  bool opaque() const;                           // one of them is known by name only
  bool touches(std::size_t group, std::string_view role, std::string_view part) const;
  const Expression* constant(std::size_t group, std::string_view name) const;  // a value of quant.toml's [config], as a literal

  bool by_path() const { return !exact_.empty() || patterns_ || targeted_; }  // what happens to a module depends on its path
  // The group of a module; kNone: left alone. Of targets a path goes before a pattern, a pattern before a class ("Linear").
  std::size_t group_of(std::string_view path, std::string_view class_name) const;

 private:
  struct Hash { using is_transparent = void; std::size_t operator()(std::string_view s) const { return std::hash<std::string_view>{}(s); } };
  struct Group {
    const QuantScheme* scheme = nullptr;
    std::unordered_map<std::string, Expression> constants;
    std::unordered_set<std::string, Hash, std::equal_to<>> names;  // targets: paths and classes
    std::vector<std::shared_ptr<const re2::RE2>> patterns;
  };
  void leave_alone(const Value& list);
  bool skips(std::string_view path) const;       // the config's own list of modules left alone

  std::shared_ptr<const QuantTable> table_;
  std::vector<Group> groups_;
  bool targeted_ = false;                        // there are several, or one that is not all there is to pack
  std::unordered_set<std::string, Hash, std::equal_to<>> exact_;  // paths and runs of their components
  std::size_t longest_ = 0;                      // components of the longest of them
  std::shared_ptr<const re2::RE2> patterns_;     // all of them in one, so that a path is read once
};

// Follows the steps of a dotted key through tables; null if one is missing.
const Value* follow(const Value& config, const std::vector<std::string>& steps);
std::vector<std::string> cut(std::string_view text, char at);

}  // namespace modelsig::families
