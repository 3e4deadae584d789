#include "head_split.hpp"

#include <algorithm>

namespace onnx {

HeadSplit::HeadSplit(const ModelFile& model, const Walk& walk, const OpTable& table)
    : model_(model), walk_(walk), graph_(walk.graph()), table_(table), makers_(graph_.values.size(), NONE), readers_(graph_.values.size()) {
  for (std::uint32_t i = 0; i < graph_.nodes.size(); ++i) {
    for (const std::uint32_t v : graph_.nodes[i].outputs)
      if (v != NONE) makers_[v] = i;
    for (const std::uint32_t v : graph_.nodes[i].inputs)
      if (v != NONE) readers_[v].push_back(i);
  }
}

bool HeadSplit::is_one_of(const FlatNode& node, ms::Node ops) const {
  const auto items = ops.items();
  return node.node && std::any_of(items.begin(), items.end(), [&](ms::Node op) { return op.str() == model_.texts[node.node->op]; });
}

std::vector<std::int64_t> HeadSplit::shape(std::uint32_t value, ms::Node joins, int steps) const {
  if (value == NONE || steps > MOST_STEPS) return {0};
  if (const std::uint32_t t = graph_.values[value].tensor; t != NONE) return model_.tensors[t].ints;
  if (makers_[value] == NONE) return {0};
  const FlatNode& node = graph_.nodes[makers_[value]];
  std::vector<std::int64_t> out;
  if (is_one_of(node, joins)) {
    for (const std::uint32_t in : node.inputs) {
      const auto piece = shape(in, joins, steps + 1);
      out.insert(out.end(), piece.begin(), piece.end());
    }
    return out;
  }
  const bool same = node.node && !node.inputs.empty() && table_.classify(*node.node) == OpClass::LAYOUT && std::all_of(node.inputs.begin() + 1, node.inputs.end(), [&](std::uint32_t v) { return constant(v); });
  return same ? shape(node.inputs[0], joins, steps + 1) : std::vector<std::int64_t>{0};
}

std::optional<std::int64_t> HeadSplit::behind(std::uint32_t value, std::uint64_t rows, ms::Node rule, int steps) const {
  if (value == NONE || steps > MOST_STEPS) return std::nullopt;
  for (const std::uint32_t reader : readers_[value]) {
    const FlatNode& node = graph_.nodes[reader];
    if (is_one_of(node, rule["by"]) && node.inputs.size() > 1) {
      const auto to = shape(node.inputs[1], rule["joins"], 0);
      if (to.size() < 4) continue;
      const std::int64_t last = to.back(), heads = to[to.size() - 2];
      if (last > 0) return last;
      if (heads > 0 && rows % static_cast<std::uint64_t>(heads) == 0) return static_cast<std::int64_t>(rows / static_cast<std::uint64_t>(heads));
      continue;
    }
    if (std::count_if(node.inputs.begin(), node.inputs.end(), [&](std::uint32_t v) { return !constant(v); }) != 1) continue;
    for (const std::uint32_t out : node.outputs)
      if (const auto found = behind(out, rows, rule, steps + 1)) return found;
  }
  return std::nullopt;
}

std::optional<std::int64_t> HeadSplit::width(ms::Node rule) const {
  std::optional<std::int64_t> out;
  const auto roles = rule["split"].items();
  for (const Anchor& a : walk_.anchors) {
    if (a.kind != AnchorKind::LINEAR || std::none_of(roles.begin(), roles.end(), [&](ms::Node r) { return r.str() == a.role; })) continue;
    for (const std::uint32_t value : graph_.nodes[a.node].outputs) {
      const auto found = behind(value, a.rows, rule, 0);
      if (!found) continue;
      if (out && *out != *found) return std::nullopt;
      out = found;
    }
  }
  return out;
}

}  // namespace onnx
