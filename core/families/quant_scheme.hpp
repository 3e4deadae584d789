// Quantisation schemes: what a checkpoint stores instead of a module's tensors. Data (quant.toml); families know none of it.
#pragma once
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
  struct Name { std::string name; std::vector<std::vector<std::string>> keys; };  // keys cut at their dots
  const std::vector<Name>& names() const { return names_; }
  const std::vector<QuantScheme>& schemes() const { return schemes_; }

 private:
  std::vector<Name> names_;
  std::vector<QuantScheme> schemes_;
};

// A scheme picked for one config. The config must outlive it.
class ActiveScheme {
 public:
  static std::shared_ptr<const ActiveScheme> pick(std::shared_ptr<const QuantTable> table, const Value& config);  // null: not quantised
  const QuantScheme& scheme() const { return *scheme_; }
  bool touches(std::string_view role, std::string_view part) const;
  bool skips(std::string_view path) const;       // the config's own list of modules left alone
  bool skips_any() const { return !exact_.empty() || patterns_; }
  const Expression* constant(std::string_view name) const;  // a value of quant.toml's [config], as a literal

 private:
  std::shared_ptr<const QuantTable> table_;
  const QuantScheme* scheme_ = nullptr;
  std::unordered_map<std::string, Expression> constants_;
  struct Hash { using is_transparent = void; std::size_t operator()(std::string_view s) const { return std::hash<std::string_view>{}(s); } };
  std::unordered_set<std::string, Hash, std::equal_to<>> exact_;  // paths and runs of their components
  std::size_t longest_ = 0;                      // components of the longest of them
  std::shared_ptr<const re2::RE2> patterns_;     // all of them in one, so that a path is read once
};

// Follows the steps of a dotted key through tables; null if one is missing.
const Value* follow(const Value& config, const std::vector<std::string>& steps);
std::vector<std::string> cut(std::string_view text, char at);

}  // namespace modelsig::families
