// Where each name of a checkpoint is: asked for every tensor that a family promises.
#pragma once
#include <bit>
#include <cstdint>
#include <span>
#include <string_view>
#include <vector>

#include "core/families/checkpoint_check.hpp"
#include "core/value/word_hash.hpp"

namespace modelsig::families {

// Made once for all readings of a config. One array of positions instead of std::unordered_map's node a name.
class NamePlaces {
 public:
  static constexpr std::uint32_t kNone = UINT32_MAX;

  explicit NamePlaces(std::span<const StoredTensor> tensors) : tensors_(tensors), slots_(std::bit_ceil(tensors.size() * 2 + 1), kNone) {
    for (std::uint32_t i = 0; i < tensors.size(); ++i) {
      std::size_t at = start(tensors[i].name);
      while (slots_[at] != kNone && tensors[slots_[at]].name != tensors[i].name) at = (at + 1) & (slots_.size() - 1);
      if (slots_[at] == kNone) slots_[at] = i;
    }
  }
  std::uint32_t find(std::string_view name) const {
    for (std::size_t at = start(name);; at = (at + 1) & (slots_.size() - 1))
      if (slots_[at] == kNone || tensors_[slots_[at]].name == name) return slots_[at];
  }

 private:
  std::size_t start(std::string_view name) const { return word_hash(name, 0) & (slots_.size() - 1); }

  std::span<const StoredTensor> tensors_;
  std::vector<std::uint32_t> slots_;
};

// A line's tensors lie in a checkpoint at even distances, those of one expert behind another's: one look at the next place
// instead of a search all over memory.
class NextPlace {
 public:
  NextPlace(std::span<const StoredTensor> tensors, const NamePlaces& places) : tensors_(tensors), places_(places) {}
  std::uint32_t find(std::string_view name) {
    const std::uint32_t next = last_ + step_;  // modulo 2^32: steps back too
    const std::uint32_t place = next < tensors_.size() && tensors_[next].name == name ? next : places_.find(name);
    if (place == NamePlaces::kNone) return place;
    step_ = place - last_;
    return last_ = place;
  }

 private:
  std::span<const StoredTensor> tensors_;
  const NamePlaces& places_;
  std::uint32_t last_ = 0, step_ = 1;
};

}  // namespace modelsig::families
