// Inside of a FamilyModel: the families of its parts with their configs, and the scratch in which names get their values.
#pragma once
#include <array>
#include <deque>
#include <memory>
#include <unordered_map>
#include <vector>

#include "core/families/family_model.hpp"
#include "core/families/name_table.hpp"

namespace modelsig::families {

// A family on its (sub-)config; included families are parts of their own.
struct AppliedFamily {
  std::shared_ptr<const Family> family;
  Value config;
  std::string at, part;                     // name prefix ("language_model."), role prefix ("vision")
  std::vector<Value> inputs;                // by Meaning::input: head first
  std::vector<bool> options;
  std::shared_ptr<const ActiveScheme> scheme;
  bool bare = false;                        // only the bare model was saved: base is dropped from names
  const Family::Dialect* dialect = nullptr;

  Value read(const Family::ConfigName& name, std::string* from = nullptr) const;
  std::string rename(std::string path) const;
};

// One line under one AppliedFamily: what it stores, plain and as a scheme would.
struct AppliedTensor { std::uint32_t id; TensorSpec spec; IndexSet needs = 0; std::size_t group = 0; };  // group: of the scheme, where packed
struct AppliedLine {
  const AppliedFamily* owner;
  const Family::Template* line;
  std::vector<std::string> texts;           // the path's pieces as stored
  std::vector<AppliedTensor> plain, packed; // packed: empty if the scheme leaves it alone
  std::vector<std::string> plain_suffixes, packed_suffixes;  // with their dot
  IndexSet same_needs = 0;
  bool promised = true;                     // false: another name, or another way to store it, than what is expected
  std::size_t packed_by(const std::string& path) const;  // group of the scheme; kNone: the module at this path is stored plain
  std::uint32_t first = 0;                  // the line whose name stands for it: itself, or the one it is another name of
};

struct NameIndex {                          // name with its numbers left out -> candidates
  static constexpr std::uint32_t kNone = UINT32_MAX;
  struct Entry { std::uint32_t id, plain; std::vector<std::uint32_t> others; std::vector<std::string> numbers; std::vector<std::uint8_t> holes; };
  struct Hash { using is_transparent = void; std::size_t operator()(std::string_view s) const { return std::hash<std::string_view>{}(s); } };
  std::unordered_map<std::string, std::vector<Entry>, Hash, std::equal_to<>> buckets;
};

struct FamilyModel::Impl {
  Document document;                        // the config
  std::vector<std::unique_ptr<AppliedFamily>> families;  // the family first, then its parts
  std::vector<AppliedLine> lines;
  std::vector<TensorTemplate> templates;
  NameIndex names;
  std::deque<NameTable::Spelled> spelled;   // lines in a container's words
  std::set<std::string> splits;             // labels that may be stored in pieces
  bool by_role = false;                     // the names are a container's

  void add(std::shared_ptr<const Family> family, const Value& config, std::string at, std::string part, const FamilyOptions& options,
           const std::string* head, std::shared_ptr<const ActiveScheme> scheme, const Family::Dialect* dialect, unsigned depth);
  void compile_lines(const FamilyOptions& options);
  void index_names();
  bool holds(const AppliedLine& line, const std::vector<std::uint64_t>& indices) const;
};

// Values of names under bound indices, each derived name evaluated once a binding.
class Scope {
 public:
  explicit Scope(const AppliedFamily& owner);
  Scope(const Scope&) = delete;
  Scope& operator=(const Scope&) = delete;

  void bind(std::uint8_t index, std::uint64_t value) { bound_[index] = value; mask_ |= IndexSet{1} << index; }
  void release(std::uint8_t index) { mask_ &= ~(IndexSet{1} << index); }
  IndexSet mask() const { return mask_; }
  std::uint64_t bound(std::uint8_t index) const { return bound_[index]; }
  Value value(std::string_view name);
  Value derived(std::size_t id);
  std::uint64_t count(std::uint8_t index);  // checked: a size, at most FamilyModel::kMaxCount
  const Expression::Lookup& lookup() const { return lookup_; }
  const AppliedFamily& owner() const { return owner_; }

 private:
  const AppliedFamily& owner_;
  Expression::Lookup lookup_;
  std::array<std::uint64_t, Family::kMaxIndices> bound_{};
  IndexSet mask_ = 0;
  int inside_ = -1;                         // the derived name whose definition is being evaluated
  struct Memo { Value value; bool known = false; };
  std::vector<Memo> constant_;
  std::unordered_map<std::uint64_t, Value> varying_;  // by derived name and the indices it needs
};

}  // namespace modelsig::families
