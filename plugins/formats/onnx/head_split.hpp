// How wide a head is where no attribute says it: the last axis of the reshape that cuts a projection into heads.
#pragma once
#include <optional>
#include <vector>

#include "walk.hpp"

namespace onnx {

class HeadSplit {
 public:
  HeadSplit(const ModelFile& model, const Walk& walk, const OpTable& table);
  // rule: `split` roles of the projections, `by` operators that cut, `joins` operators that put a shape together. Nothing where no shape is
  // told, or two layers differ.
  std::optional<std::int64_t> width(ms::Node rule) const;

 private:
  static constexpr int MOST_STEPS = 5;  // between a projection and its reshape: a bias, a cast, a split
  std::optional<std::int64_t> behind(std::uint32_t value, std::uint64_t rows, ms::Node rule, int steps) const;
  std::vector<std::int64_t> shape(std::uint32_t value, ms::Node joins, int steps) const;  // 0: an axis that is not told
  bool is_one_of(const FlatNode& node, ms::Node ops) const;
  bool constant(std::uint32_t value) const { return value == NONE || graph_.values[value].tensor != NONE; }

  const ModelFile& model_;
  const Walk& walk_;
  const FlatGraph& graph_;
  const OpTable& table_;
  std::vector<std::uint32_t> makers_;                // of values: nodes
  std::vector<std::vector<std::uint32_t>> readers_;
};

}  // namespace onnx
