// A family, loaded, merged with its ancestors, every line and expression parsed and checked. Immutable; knows no config yet.
#pragma once
#include <array>
#include <cstdint>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "core/families/expression.hpp"
#include "core/families/family_file.hpp"
#include "core/families/module_kind.hpp"
#include "core/families/module_line.hpp"
#include "core/families/quant_scheme.hpp"
#include "core/families/role_vocabulary.hpp"

namespace modelsig::families {

class NameTables;

// What all families of a library share.
struct Vocabulary {
  KindTable kinds;
  RoleVocabulary roles;
  std::shared_ptr<const QuantTable> schemes;
  std::shared_ptr<const NameTables> names;  // of containers; null: none
};

using IndexSet = std::uint32_t;  // bit i: the i-th index of the family

class Family {
 public:
  static constexpr std::size_t kMaxIndices = 16, kMaxHoles = 3, kMaxDerivedDepth = 48;

  struct Index { std::string name; Expression count; Source at; IndexSet needs = 0; };
  struct Derived { std::string name; Expression value; Source at; IndexSet needs = 0; };
  struct ConfigName { std::string name; std::vector<std::vector<std::string>> keys; std::vector<std::string> spelled; };
  struct Option { std::string name; bool otherwise; Source at; };
  struct Condition { Expression when; IndexSet needs = 0; };
  struct Include { std::string name, family, at, part, head; std::vector<std::string> config; std::string pick; Expression when; bool or_whole = false, or_defaults = false; Source source;
                   std::shared_ptr<const Family> loaded; };
  struct Dialect { std::string name; std::vector<std::pair<std::string, std::string>> prefixes; };  // theirs, ours

  // A path cut at its holes: text 0, hole 0, text 1, hole 1, ..., last text.
  struct Pattern { std::vector<std::string> texts; std::vector<std::uint8_t> holes; };

  struct Template {
    std::string path, label, family;   // label: of its group, what is behind the #; family: whose file the line stands in
    bool shares_names = false;         // another line names the same tensors under another condition
    Source line;
    Pattern pattern;
    std::vector<std::uint8_t> indices; // distinct, outermost first
    std::string role, suffix, part;
    const ModuleKind* kind = nullptr;  // null: a bare tensor
    std::vector<Expression> arguments; // as the kind's parameters
    std::vector<Condition> when;
    std::string same_as;
    Expression same_if;
    std::vector<Expression> over;
    std::string class_name;
    std::vector<std::pair<std::string, TensorSpec>> tensors;  // suffix -> spec with the arguments in place; bare: one without suffix
  };

  // What a name means here. A name is, first match: a bound index, derived, an input or option, a config name.
  struct Meaning { int index = -1, derived = -1, input = -1, option = -1, config = -1; };

  // finds included families; throws Error if there is none
  using Load = std::function<std::shared_ptr<const Family>(std::string_view)>;
  static std::shared_ptr<const Family> compile(const FamilyFile& file, std::shared_ptr<const Vocabulary> vocabulary, const Load& load);

  const std::string& name() const { return name_; }
  const std::vector<std::string>& serves() const { return serves_; }
  const std::string& class_prefix() const { return class_prefix_; }
  const std::string& base() const { return base_; }
  std::string where() const;           // its file
  std::string comment() const;         // the file's first comment, what the family is
  const std::vector<Template>& templates() const { return templates_; }
  const std::vector<Index>& indices() const { return indices_; }
  const std::vector<Derived>& derived() const { return derived_; }
  const std::vector<ConfigName>& config() const { return config_; }
  const std::vector<Option>& options() const { return options_; }
  const std::vector<Include>& includes() const { return includes_; }
  const std::vector<Dialect>& dialects() const { return dialects_; }
  const std::vector<std::pair<std::string, std::string>>& heads() const { return heads_; }
  const Value* default_of(std::string_view key) const;
  const std::map<std::string, const Value*, std::less<>>& defaults() const { return defaults_; }  // by config key
  std::string origin() const;          // name of the ancestor that extends nothing; its own if it is that one
  bool wrote(const Template& line) const { return line.line.file == files_.front(); }  // not inherited
  const Vocabulary& vocabulary() const { return *vocabulary_; }
  const std::shared_ptr<const Vocabulary>& shared_vocabulary() const { return vocabulary_; }
  const Meaning* meaning(std::string_view name) const;
  IndexSet needs(const Expression& e) const;  // the indices it depends on, through derived names too
  // for includes that pick their family by a key of the sub-config; null: none serves it
  std::shared_ptr<const Family> serving(std::string_view model_type) const { return find_ ? find_(model_type) : nullptr; }
  void set_finder(Load find) { find_ = std::move(find); }

 private:
  friend class FamilyCompiler;
  std::string name_, class_prefix_, base_;
  std::vector<std::string> serves_;
  std::vector<std::shared_ptr<const TomlFile>> files_;
  std::shared_ptr<const Vocabulary> vocabulary_;
  std::vector<Index> indices_;
  std::vector<Derived> derived_;
  std::vector<ConfigName> config_;
  std::vector<Option> options_;
  std::vector<Include> includes_;
  std::vector<Dialect> dialects_;
  std::vector<std::pair<std::string, std::string>> heads_;
  std::map<std::string, const Value*, std::less<>> defaults_;
  std::vector<Template> templates_;
  struct Hash { using is_transparent = void; std::size_t operator()(std::string_view s) const { return std::hash<std::string_view>{}(s); } };
  std::unordered_map<std::string, Meaning, Hash, std::equal_to<>> names_;
  Load find_;
};

}  // namespace modelsig::families

namespace modelsig {
using families::Family;
}
