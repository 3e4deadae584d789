// The model under study: its tensor table, the groups of tensors that differ in indices only, and named
// documents (config, graph ...). Filled by formats, then frozen; what plugins see as ms_model.
#pragma once
#include <modelsig/abi.h>

#include <cstdint>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <set>
#include <span>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "core/host/writer.hpp"
#include "core/model/blocks.hpp"
#include "core/value/value.hpp"

namespace modelsig {

class FamilyLink;
class RuleSet;
class Session;

class Model {
 public:
  static constexpr std::size_t kMaxTensors = 4'000'000;
  static constexpr std::uint32_t kMaxRank = 64;

  Model();
  ~Model();
  ms_model* raw() { return reinterpret_cast<ms_model*>(this); }
  static Model& of(ms_model* model) { return *reinterpret_cast<Model*>(model); }

  // while parsing
  ms_status add(const ms_tensor* row);      // copies what it points to
  // Adds what another model holds. components: what that model may be in this one ("encoder"; "": the model itself), the first is its
  // tensors' component; prefixes: what may stand in front of its names here. How many rows were refused.
  std::size_t take(const Model& other, const Value& components, const Value& prefixes);
  Writer* add_part(std::string_view name);  // null if there is one already, or the model is frozen
  bool frozen() const { return frozen_; }
  std::size_t size() const { return rows_.size(); }

  // Closes the parts, so that they can be read; Throws Error if one was left open.
  void close_parts(const std::string& who);
  // generated: the tensors are the family's own, there is nothing to compare with it
  void set_family(std::shared_ptr<const FamilyLink> family, bool generated = false) { family_ = std::move(family), generated_ = generated; }
  void set_generic(std::shared_ptr<const FamilyLink> generic) { generic_ = std::move(generic); }  // where no family serves it
  // Groups the tensors by their index-collapsed names, each group labelled once, by the rules and by the family. With a session the
  // parts `ahead`, which somebody will ask for, are made meanwhile.
  void freeze(const RuleSet& rules, Session* session = nullptr, const std::set<std::string_view>& ahead = {});

  // once frozen
  ms_status get(std::size_t index, ms_tensor* out) const;
  std::size_t groups() const { return groups_.size(); }
  const Value* group(std::size_t index) const { return index < groups_.size() ? &groups_[index] : nullptr; }
  const FamilyLink* family() const { return family_.get(); }  // null: no family file serves it
  // "family" is made when it is first asked for: it compares every tensor with what the family promises. So is "structure", the
  // family's own account of the model (families/structure.hpp), with "assumed" where no family serves it, and "modules", its module
  // tree with inputs and outputs (families/modules_part.hpp).
  const Value* part(std::string_view name) const;
  std::vector<std::pair<std::string, Value>> parts() const;
  void set_part(std::string_view name, Value value);  // by the kernel itself; the value's document must live on
  Document& document() { return document_; }
  std::string_view name(std::size_t index) const { return rows_[index].name; }
  std::string_view known_as(std::size_t index) const { return rows_[index].known_as; }  // the name that families and rules see
  std::uint32_t flags(std::size_t index) const { return rows_[index].flags; }
  std::string_view dtype(std::size_t index) const { return texts_[rows_[index].dtype]; }
  std::span<const std::uint64_t> shape(std::size_t index) const { return {shapes_.data() + rows_[index].shape, rows_[index].rank}; }

 private:
  struct Row {
    std::string_view name;
    std::uint64_t offset, size;
    ms_file* file;
    std::uint32_t shape, rank;  // shape: first axis in shapes_
    std::uint32_t dtype, component, group, flags;
    std::string_view known_as;
  };
  struct Extra {                                               // of the few rows whose container says more
    std::vector<std::string_view> aliases;
    std::vector<std::uint64_t> stored;
    std::string_view of;
  };
  std::string_view best_name(const Row& row, const Extra& extra, const RuleSet& rules);
  void label_groups(const RuleSet& rules);
  void turn_back();                                            // what the family itself stores the other way round
  static bool is_role(const Row& row) { return row.known_as.starts_with('@') && row.known_as != row.name; }
  void abstract_name(const Row& row, const RuleSet& rules, std::string& out) const;
  void label_alias(std::string_view known_as, Builder& out) const;
  std::uint32_t intern(std::string_view text, std::uint32_t likely);

  Document document_;
  Blocks<Row> rows_;
  std::unordered_map<std::size_t, Extra> extras_;
  std::vector<std::uint64_t> shapes_;
  std::vector<std::string_view> texts_;                        // interned dtypes and components
  std::unordered_map<std::string_view, std::uint32_t> text_ids_;
  std::map<std::string, std::unique_ptr<Writer>, std::less<>> open_parts_;
  std::map<std::string, Value, std::less<>> parts_;
  std::vector<Value> groups_;
  std::shared_ptr<const FamilyLink> family_;
  const Value* made_part(std::string_view name) const;

  std::shared_ptr<const FamilyLink> generic_;
  bool generated_ = false;
  struct Made { std::once_flag once; Document document; Value value; };
  mutable Made check_, structure_, modules_;
  mutable std::map<std::string, bool, std::less<>> turned_;     // options that explain the checkpoint
  mutable std::optional<std::string> head_;
  mutable std::string dialect_;
  mutable std::map<std::string, std::set<std::uint64_t>, std::less<>> lacking_;  // families::Lacking
  bool frozen_ = false;
};

}  // namespace modelsig
