// Emitter: the part "graph_modules": [{"name", "op", "input": {"dtype", "shape": [1, "batch", null]}, "output": {...}}], a node with a
// weight each, where the file says the shape of what goes in or comes out (value_info, inputs and outputs of the main graph).
#include <map>
#include <set>

#include "emit.hpp"

namespace onnx {

namespace {

std::string module_of(std::string tensor, std::string_view node) {
  constexpr std::string_view WEIGHT = ".weight";
  if (!tensor.ends_with(WEIGHT)) return node.empty() ? tensor : std::string(node);
  return tensor.substr(0, tensor.size() - WEIGHT.size());
}

}  // namespace

void Emitter::modules() {
  const Graph& main = model_.graphs.front();
  std::map<Text, const Port*> shaped;
  for (const auto* list : {&main.inputs, &main.outputs, &main.infos})
    for (const Port& p : *list)
      if (p.name && p.shaped) shaped.try_emplace(p.name, &p);
  if (shaped.empty()) return;
  const FlatGraph& flat = walk_.graph();
  const auto port_of = [&](std::uint32_t value) -> const Port* {
    if (value == NONE || flat.values[value].tensor != NONE) return nullptr;
    const auto it = shaped.find(flat.values[value].name);
    return it == shaped.end() ? nullptr : it->second;
  };
  ms::Writer out = out_.add_part("graph_modules");
  auto modules = out.array();
  std::set<std::uint32_t> seen;
  for (const Use& use : walk_.uses) {
    const FlatNode& node = flat.nodes[use.node];
    if (use.part != Part::WEIGHT || !node.node || !node.scope.empty() || !seen.insert(use.node).second) continue;
    const Port* in = nullptr;
    for (const std::uint32_t value : node.inputs)
      if (!in) in = port_of(value);
    const Port* result = node.outputs.empty() ? nullptr : port_of(node.outputs.front());
    if (!in && !result) continue;
    const std::vector<std::string> aliases = names_.aliases(model_, flat, use);
    auto one = out.object();
    out.member("name", module_of(aliases.empty() ? std::string(model_.texts[model_.tensors[use.tensor].name]) : aliases.front(), model_.texts[node.node->name]));
    out.member("op", model_.texts[node.node->op]);
    if (in) end(out, "input", *in);
    if (result) end(out, "output", *result);
  }
}

void Emitter::end(ms::Writer& out, std::string_view key, const Port& port) const {
  auto object = out.object(key);
  type_of(out, port);
}

}  // namespace onnx
