// Emitter: the part "graph". {"file", "alternatives", "ir_version", "producer", "operator_sets": [{"domain", "version"}],
// "inputs", "outputs": [{"name", "dtype", "shape": [4, "batch", null]}], "ops": [{"op", "domain", "count"}], "nodes",
// "subgraphs", "functions", "initialisers", "constants", "external": [{"file", "tensors"}], "metadata": {...}}
#include <map>

#include "emit.hpp"

namespace onnx {

namespace {
constexpr std::size_t LONGEST_METADATA = 1024;
}

void Emitter::ports(ms::Writer& out, std::string_view key, const std::vector<Port>& list) const {
  auto ports = out.array(key);
  for (const Port& p : list) {
    auto port = out.object();
    out.member("name", model_.texts[p.name]);
    type_of(out, p);
  }
}

void Emitter::type_of(ms::Writer& out, const Port& p) const {
  if (p.type) out.member("dtype", dtype(p.type));
  if (!p.shaped) return;
  auto shape = out.array("shape");
  for (const Dim& d : p.shape) {
    if (d.param) out.value(model_.texts[d.param]);
    else if (d.value >= 0) out.value(d.value);
    else out.null();
  }
}

void Emitter::graph(const FileChoice& choice) {
  const Graph& main = model_.graphs.front();
  std::map<std::pair<std::string_view, std::string_view>, std::uint64_t> ops;
  std::uint64_t nodes = 0;
  for (const FlatNode& node : walk_.graph().nodes)
    if (node.node) ++ops[{model_.texts[node.node->op], model_.texts[node.node->domain]}], ++nodes;
  ms::Writer out = out_.add_part("graph");
  auto object = out.object();
  out.member("file", choice.chosen);
  out.list("alternatives", choice.others);
  out.member("ir_version", model_.ir_version);
  if (model_.producer) out.member("producer", std::string(model_.texts[model_.producer]) + (model_.producer_version ? " " + std::string(model_.texts[model_.producer_version]) : ""));
  {
    auto sets = out.array("operator_sets");
    for (const OperatorSet& set : model_.opsets) {
      auto one = out.object();
      out.member("domain", model_.texts[set.domain]);
      out.member("version", set.version);
    }
  }
  ports(out, "inputs", main.inputs);
  ports(out, "outputs", main.outputs);
  {
    auto list = out.array("ops");
    for (const auto& [op, count] : ops) {
      auto one = out.object();
      out.member("op", op.first);
      if (!op.second.empty()) out.member("domain", op.second);
      out.member("count", count);
    }
  }
  out.member("nodes", nodes);
  out.member("subgraphs", model_.graphs.size() - 1);
  out.member("functions", model_.functions.size());
  out.member("initialisers", walk_.graph().initialisers.size());
  out.member("constants", walk_.graph().constants.size());
  if (!external_.files().empty()) {
    auto list = out.array("external");
    for (const auto& [file, tensors] : external_.files()) {
      auto one = out.object();
      out.member("file", file);
      out.member("tensors", tensors);
    }
  }
  if (model_.metadata.empty()) return;
  std::map<std::string_view, std::string_view> entries;
  for (const auto& [key, value] : model_.metadata) entries[model_.texts[key]] = model_.texts[value];
  auto metadata = out.object("metadata");
  for (const auto& [key, value] : entries)
    if (value.size() <= LONGEST_METADATA) out.member(key, value);
}

}  // namespace onnx
