// A family applied to one config: every tensor's name, shape and role, every module's ends, every layer's class.
// Immutable; every operation works on its own scratch, so several threads may ask at once.
#pragma once
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "core/families/family.hpp"
#include "core/value/value.hpp"

namespace modelsig::families {

struct FamilyOptions {
  std::optional<std::string> head = std::nullopt;        // else by [heads]
  std::map<std::string, bool, std::less<>> options = {};  // [options] by name; unknown names are an error
  std::map<std::string, std::int64_t, std::less<>> inputs = {};  // batch, seq, ...: instead of the kinds file's
  std::string dialect = {};                              // a [names.*] table: spell paths its way; or a container's names by role
  bool quantised = true;                                 // false: as if the config named no scheme
  std::set<std::string, std::less<>> split = {};         // labels whose tensors that container stores in pieces
};

// One tensor of one line. Lives as long as the model.
struct TensorTemplate {
  std::uint32_t id = 0;          // dense: 0 .. FamilyModel::templates().size() - 1
  std::string pattern;           // the name as stored, with its {holes}
  std::string part, role, suffix;
  std::string label;             // [ part "/" ] role [ "." suffix ]
  std::string family, where;     // family, and file:line of the line
  std::string kind;              // empty: a bare tensor
  std::string class_name;        // of the kind's modules, as [groups] of quant.toml may name them
  std::string scheme;            // quantisation scheme that put it there, else empty
  std::string condition;         // under which it exists, as text; empty: always
  std::string dtype;             // empty: the model's own
  std::vector<std::string> axes; // symbolic, undecided: what the family says
  std::vector<std::string> indices;  // names of the holes, outermost first
  std::uint32_t module = 0;      // id of its module line
};

struct FamilyTensor {
  std::string_view name, dtype;              // dtype empty: the model's own
  std::span<const std::uint64_t> shape;
  std::string_view symbolic;                 // "[heads*head_dim, hidden]", conditions decided
  const TensorTemplate* origin;
};

struct ModuleShape { std::string symbolic; std::vector<std::uint64_t> shape; };
struct FamilyModule {
  std::string_view path, class_name;
  std::span<const ModuleShape> inputs, outputs;
  std::string_view label, kind;              // [ part "/" ] role
  bool borrows;                              // `same as` holds: it runs, its tensors are another's
  bool owns_tensors;
};

struct Quantity { Value value; std::string from; };  // from: "config key hidden_size", "default of ...", "derived: ...", "option", "input"

struct LayerStack {
  std::string path;                          // up to the first hole: "model.layers"
  std::string index;                         // the hole's name
  const struct AppliedFamily* owner = nullptr;  // model_scope.hpp: whose lines these are
  std::vector<std::uint64_t> layers;         // the index values that have tensors, rising
  std::vector<std::uint32_t> classes;        // per layer: 0, 1, 2, ... by first appearance
  std::vector<std::uint32_t> by_tensors;     // the same by tensors alone, without what only the config shows
  std::string pattern() const;               // "A3B58C"
  std::string pattern_by_tensors() const;
  std::size_t shortest_prefix() const;       // layers needed so that every class occurs
};

struct TemplateMatch { const TensorTemplate* tensor = nullptr; std::vector<std::uint64_t> indices; explicit operator bool() const { return tensor; } };

class FamilyModel {
 public:
  static constexpr std::uint64_t kMaxTensors = 4'000'000, kMaxCount = 100'000, kMaxSteps = 20'000'000;

  // The config is copied. Throws Error, one sentence naming family and quantity.
  static FamilyModel apply(std::shared_ptr<const Family> family, const Value& config, const FamilyOptions& options = {});

  const Family& family() const;
  const std::vector<TensorTemplate>& templates() const;   // of the family and its parts
  std::string head() const;
  std::string scheme() const;                              // name of the quantisation scheme, empty: none
  const class ActiveScheme* opaque() const;                // the scheme, if only its name is known; else null

  // Calls `each` for every tensor that is stored, in a stable order (line by line, indices rising). The views it gets are
  // valid during the call. Throws Error naming the tensor and the quantity that is wrong.
  void tensors(const std::function<void(const FamilyTensor&)>& each) const;
  std::uint64_t count() const;                             // of the tensors; costs as much as generating them
  void modules(const std::function<void(const FamilyModule&)>& each) const;
  std::vector<LayerStack> layer_stacks() const;

  // Name -> template, through the name with its numbers left out. A match says the family knows the name, not that this
  // config promises it: ask `explain`.
  TemplateMatch match(std::string_view name) const;
  // A container may know a tensor by several names: the one that stands for all.
  std::string first_name(const TemplateMatch& match) const;
  std::vector<std::string> splits() const;                 // labels that the container may store in pieces
  bool loose_ones() const;                                 // axes of length 1 come and go in this container
  // Why a name that matches is not generated: the condition that is false, or the index beyond its count; empty if it is.
  std::string explain(const TemplateMatch& match) const;

  // A short name's value (heads, kv_heads, head_dim, ...) in the family or, if it has none, in its parts; unknown: nullopt.
  // What depends on an index needs it in `at`.
  std::optional<Quantity> quantity(std::string_view name, const std::map<std::string, std::uint64_t>& at = {}) const;
  static Quantity quantity_of(const struct AppliedFamily& part, std::string_view name, class Scope& scope);  // the same of one part
  std::vector<std::string> quantities() const;             // names that have a value without an index

  struct Impl;
  explicit FamilyModel(std::shared_ptr<const Impl> impl) : impl_(std::move(impl)) {}
  const Impl& impl() const { return *impl_; }

 private:
  std::shared_ptr<const Impl> impl_;
};

}  // namespace modelsig::families

namespace modelsig {
using families::FamilyModel;
using families::FamilyOptions;
}
