// All graphs of a model as one: local functions written out where they are called, subgraphs beside the node that
// runs them, every value numbered, nodes in an order in which operands come first.
#pragma once
#include <string>
#include <unordered_map>
#include <vector>

#include "graph.hpp"

namespace onnx {

struct FlatValue {
  Text name = 0;
  std::uint32_t tensor = NONE;      // in ModelFile::tensors, where it is one
  bool input = false, output = false;  // of the main graph
};

struct FlatNode {
  const Node* node = nullptr;       // null: a value handed into or out of a subgraph
  std::vector<std::uint32_t> inputs, outputs;  // in FlatGraph::values; NONE: left out
  std::string scope;                // names of the nodes that called the functions it stands in, "/" behind each
  std::vector<std::pair<Text, const Attribute*>> bound;  // attributes that stand for the caller's
  const Attribute* find(Text name) const {
    for (const auto& [bound_name, attribute] : bound)
      if (bound_name == name) return attribute;
    return node ? node->find(name) : nullptr;
  }
};

struct Owned { std::uint32_t tensor; std::string path; };  // a tensor and the subgraph or function it is in; "": the main graph

struct FlatGraph {
  std::vector<FlatValue> values;
  std::vector<FlatNode> nodes;
  std::vector<Owned> initialisers, constants;  // in file order
  bool sorted = true;               // as written
  std::vector<std::string> undefined, twice;  // values that nothing makes, that two nodes make; the first few
};

// Throws ms::Error, `file` in front: a function that calls itself, an initialiser that is there twice, more than max_nodes nodes.
FlatGraph flatten(ModelFile& model, const std::string& file, std::uint64_t max_nodes);

}  // namespace onnx
