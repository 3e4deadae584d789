// What is kept of a ModelProto: everything but the weights, documentation and training steps.
#pragma once
#include <modelsig/abi.h>

#include <deque>
#include <optional>
#include <utility>
#include <vector>

#include "texts.hpp"

namespace onnx {

constexpr std::uint32_t NONE = UINT32_MAX;

struct Tensor {
  Text name = 0;
  std::uint32_t type = 0;             // TensorProto.DataType
  std::vector<std::uint64_t> dims;
  std::uint64_t at = 0;               // where its message begins, for messages
  std::uint64_t offset = 0, size = 0; // its bytes in this file, or in the external one
  bool external = false, sparse = false, size_known = true;
  Text location = 0;                  // of external data
  std::vector<std::int64_t> ints;     // values of a short INT64 tensor: shapes, axes
  std::uint64_t elements() const;     // saturates
};

struct Attribute {
  Text name = 0, ref = 0;             // ref: the attribute of the enclosing function it stands for
  std::int64_t integer = 0;
  double real = 0;
  bool has_integer = false, has_real = false, list = false;
  std::vector<std::int64_t> integers;
  std::vector<std::uint32_t> graphs, tensors;  // in Model
};

struct Node {
  Text op = 0, domain = 0, name = 0, overload = 0, scopes = 0;  // scopes: metadata that tells where it comes from
  std::vector<Text> inputs, outputs;                            // 0: left out
  std::vector<Attribute> attributes;
  const Attribute* find(Text attribute) const {
    for (const Attribute& a : attributes)
      if (a.name == attribute) return &a;
    return nullptr;
  }
};

struct Dim { std::int64_t value = -1; Text param = 0; };  // -1 and no param: unknown
struct Port {
  Text name = 0;
  std::uint32_t type = 0;             // element type; 0: not a tensor, or not said
  bool shaped = false;
  std::vector<Dim> shape;
};

struct Graph {
  Text name = 0;
  std::vector<Node> nodes;
  std::vector<std::uint32_t> initialisers;  // in Model::tensors
  std::vector<Port> inputs, outputs, infos;
};

struct OperatorSet { Text domain = 0; std::int64_t version = 0; };

struct Function {
  Text domain = 0, name = 0, overload = 0;
  std::vector<Text> inputs, outputs;
  std::vector<Attribute> defaults;
  std::vector<Node> nodes;
};

struct ModelFile {
  Texts texts;
  std::int64_t ir_version = 0;
  Text producer = 0, producer_version = 0;
  std::vector<OperatorSet> opsets;
  std::vector<std::pair<Text, Text>> metadata;
  std::deque<Graph> graphs;           // 0: the main one, then those inside attributes
  std::deque<Tensor> tensors;
  std::deque<Function> functions;
  std::uint64_t node_count = 0;
};

}  // namespace onnx
