// A checkpoint against its family: what is there and promised, promised and absent, there and not promised, each explained.
#pragma once
#include <cstdint>
#include <map>
#include <memory>
#include <set>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "core/families/family_model.hpp"

namespace modelsig { class Builder; }

namespace modelsig::families {

struct StoredTensor { std::string_view name; std::span<const std::uint64_t> shape; };

struct CheckpointDifference {
  struct Group {                    // tensors that differ in their numbers only
    std::string example;            // the first of them
    std::string pattern;            // numbers as '#', or the template's holes
    std::uint64_t count = 0;
    const TensorTemplate* origin = nullptr;  // null: no line of the family names it
    std::string why;                // the condition that made it, or the one that is false
  };
  struct WrongShape { std::string name; std::vector<std::uint64_t> stored, promised; std::string symbolic; const TensorTemplate* origin; };
  std::uint64_t matched = 0, absent_count = 0, unexpected_count = 0, wrong_count = 0;
  std::uint64_t opaque_modules = 0, opaque_tensors = 0;  // packed in a way that is not known, and what is stored for them
  std::vector<Group> absent, unexpected;
  std::vector<WrongShape> wrong;    // at most kMaxShown
  static constexpr std::size_t kMaxShown = 50;
  bool exact() const { return !absent_count && !unexpected_count && !wrong_count && !opaque_modules; }
  std::uint64_t total() const { return absent_count + unexpected_count + wrong_count; }
};

// label -> the layers that lack what the label's other layers have
using Lacking = std::map<std::string, std::set<std::uint64_t>, std::less<>>;

struct CheckpointCheck {
  std::shared_ptr<const FamilyModel> model;  // with the options that explain the checkpoint best; origins point into it
  std::vector<std::string> turned;           // those options, e.g. "mtp_stored = false"; empty: the config alone
  CheckpointDifference difference;           // that remains
  FamilyOptions options;                     // the config's own with those turned
  Lacking lacking;                           // the config says nothing of it, but layers differ

  void write(Builder& out) const;            // as one object of a report
  std::string text() const;                  // for people
};

CheckpointDifference compare(const FamilyModel& model, std::span<const StoredTensor> checkpoint);

// Compares, and where something differs turns options (and heads and spellings) one by one, keeps the one that explains most,
// and goes on from there while it helps.
CheckpointCheck check_checkpoint(std::shared_ptr<const Family> family, const Value& config, std::span<const StoredTensor> checkpoint,
                                 const FamilyOptions& options = {});

}  // namespace modelsig::families
