// A model and its family: which family file serves it, what it promises, how it differs. The kernel knows no
// family, role or config key here: the rule tables "family_key", "stored_dtype_key" and "stored_dtype" name them,
// "name_dialect" the parts of a model that say whose names its tensors have.
#pragma once
#include <map>
#include <memory>
#include <mutex>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "core/families/checkpoint_check.hpp"
#include "core/families/family_library.hpp"
#include "core/model/model.hpp"
#include "core/rules/rule_set.hpp"

namespace modelsig {

class FamilyLink {
 public:
  // Null if no family serves this config. Throws Error if one does and its file, or the config, is wrong.
  // `parts`: documents beside the config that families may look into by their name (hf_quant_config ...).
  static std::shared_ptr<const FamilyLink> find(const families::FamilyLibrary& library, const RuleSet& rules, const Value& config,
                                                const std::vector<std::pair<std::string, Value>>& parts = {});

  static std::string_view type_of(const RuleSet& rules, const Value& config);  // what family files call `family`; empty: not said

  // For a config that no family serves: the family `generic`, which knows the usual keys and no names of tensors; keys of
  // sub-configs (rule table "config_section") stand beside the top level's. Null if there is none. Throws as find does.
  static std::shared_ptr<const FamilyLink> generic(const families::FamilyLibrary& library, const RuleSet& rules, const Value& config);

  const FamilyModel& model() const { return *model_; }
  const std::string& name() const { return name_; }
  const std::string& dtype() const { return dtype_; }      // of unquantised tensors, as safetensors spells it; "": not said

  void generate(Model& into) const;                        // adds every tensor the config promises. Throws Error.
  // A "role" member, and the line that gives it, where the family knows the name; else nothing, and null.
  const families::TensorTemplate* label(std::string_view tensor, Builder& labels) const;
  std::string name_of_role(std::string_view alias) const;  // "@attn.q.weight 3" in the family's spelling; empty: no such line
  families::CheckpointCheck check(const Model& checkpoint) const;
  void write_structure(const FamilyOptions& options, const families::Lacking& lacking, Builder& out) const;  // families/structure.hpp
  void write_modules(const FamilyOptions& options, Builder& out) const;    // families/modules_part.hpp
  // The shape that the config promises under this name; empty: it promises no such tensor, or a scalar.
  std::span<const std::uint64_t> promised(std::string_view tensor) const;
  void write_match(std::string_view tensor, Builder& out) const;  // null where it does not

 private:
  static std::shared_ptr<FamilyLink> link(std::shared_ptr<const families::Family> family, const RuleSet& rules, const Value& config,
                                          const std::vector<std::pair<std::string, Value>>& parts);

  std::string name_, dtype_;
  std::shared_ptr<const families::Family> family_;
  std::shared_ptr<const FamilyModel> model_;
  families::FamilyOptions options_;
  // A tensor known by a fused role that is no line of the family, as the parts that are: their names and shapes.
  std::vector<families::StoredTensor> parts_of(std::string_view alias, std::span<const std::uint64_t> shape) const;

  Document document_;  // the config with its parts
  mutable std::once_flag promised_once_;
  mutable std::map<std::string, std::vector<std::uint64_t>, std::less<>> promised_;  // made when first asked for
};

}  // namespace modelsig
