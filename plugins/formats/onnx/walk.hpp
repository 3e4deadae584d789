// One pass over the graph, operands first: what every tensor is used for, and of every value where it comes from.
//
// Anchors are the places that make something new of what comes in: linear layers, embeddings, attention cores. A
// value's sources are the anchors that its data went through last, each with or without an activation behind it;
// an anchor resets them, every other operator unites those of its operands. Norms only leave their mark.
#pragma once
#include <memory>
#include <string>
#include <vector>

#include "op_table.hpp"

namespace onnx {

using Sources = std::shared_ptr<const std::vector<std::uint32_t>>;  // rising: 2 * anchor, + 1 behind an activation; null: none

struct Use {
  std::uint32_t tensor = 0, node = 0;
  Part part = Part::OTHER;
  std::string suffix, role;         // role: said by the operator
  bool transposed = false;          // stored the other way round than [out, in]
  bool scoped = true;               // the node's scope is the module it belongs to
  const Operator* op = nullptr;
  std::uint32_t anchor = NONE, norm = NONE;
  std::uint32_t of = NONE;          // the tensor a scale belongs to
};

enum class AnchorKind { LINEAR, EMBEDDING, CORE };

struct Anchor {
  AnchorKind kind = AnchorKind::LINEAR;
  std::uint32_t node = 0;
  Sources in;
  std::vector<std::uint32_t> norms;  // that what comes in went through
  std::uint64_t rows = 0, columns = 0;
  std::uint32_t q = NONE, k = NONE, v = NONE;  // a core's linears
  std::uint32_t core = NONE;         // whose output this linear reads, and nothing else: attention's last projection
  std::uint32_t index = NONE;        // an embedding's index, a value
  std::string role;
  std::int64_t layer = -1;           // -1: in none, or not known
};

struct Norm {
  std::uint32_t node = 0;
  Sources in;
  std::vector<std::uint32_t> norms;
  bool added_back = false;           // its result is the stream that later halves add to
  std::string role;
  std::int64_t layer = -1;
};

struct OutputOf { Sources sources; std::vector<std::uint32_t> norms; };

class Walk {
 public:
  static constexpr std::uint64_t MOST_WORK = 50'000'000;  // entries of sources; a graph beyond it has no roles from its places

  Walk(const ModelFile& model, const FlatGraph& graph, const OpTable& table);

  std::vector<Use> uses;
  std::vector<Anchor> anchors;
  std::vector<Norm> norms;
  std::vector<OutputOf> outputs;     // of the main graph
  bool gave_up = false;

  std::vector<std::uint32_t> behind(const Sources& sources, bool embeddings = true) const;  // the anchors, each once
  std::uint32_t only_linear(const Sources& sources, bool embeddings) const;                 // NONE: none or several
  const FlatGraph& graph() const { return graph_; }

 private:
  struct Constant { std::uint32_t tensor = NONE; bool turned = false, dequantised = false; };
  struct Value {
    Sources sources;
    std::vector<std::uint32_t> norms;
    std::uint32_t anchor = NONE, norm = NONE;  // that made it, with nothing but layout in between
    bool reduced = false;                      // statistics of a norm are in it
    bool scores = false;                       // of an attention: q and k multiplied
    std::uint32_t q = NONE, k = NONE;
    Constant constant;
  };

  void step(std::uint32_t index);
  bool linear(std::uint32_t index, const Operator& op);
  bool embedding(std::uint32_t index, const Operator& op);
  void norm(std::uint32_t index, const Operator& op);
  void embed_norm(std::uint32_t index, const Operator& op);
  void attention(std::uint32_t index, const Operator& op);
  void slots_of_other(std::uint32_t index, const Operator& op);
  void scales(std::uint32_t index, const Operator& op, std::uint32_t slot, std::uint32_t tensor);
  bool written_out(std::uint32_t index, OpClass c);       // Add, Sub, Mul with a vector: bias or scale
  bool product(std::uint32_t index);
  void added(const Value& a, const Value& b);             // a + b: does a norm's result stay in the stream?
  Value united(std::uint32_t index) const;
  void set_outputs(const FlatNode& node, const Value& value);

  std::uint32_t make_linear(std::uint32_t index, const Value& data, std::uint64_t rows, std::uint64_t columns);
  std::uint32_t make_core(std::uint32_t index, std::uint32_t q, std::uint32_t k, std::uint32_t v);
  std::uint32_t make_norm(std::uint32_t index, Sources in, std::vector<std::uint32_t> through);
  Use& use(std::uint32_t index, const Slot& slot, const Operator* op, const Constant& constant);

  const Value* input(const FlatNode& node, std::uint32_t slot) const {
    return slot < node.inputs.size() && node.inputs[slot] != NONE ? &values_[node.inputs[slot]] : nullptr;
  }
  const Tensor& tensor(const Constant& c) const { return model_.tensors[c.tensor]; }
  bool is_weight(const Constant& c, const Operator& op) const;
  bool is_vector(const Constant& c) const;                // one axis longer than 1, of real numbers
  Sources unite(const Sources& a, const Sources& b) const;
  static Sources one(std::uint32_t anchor) { return std::make_shared<std::vector<std::uint32_t>>(1, 2 * anchor); }

  const ModelFile& model_;
  const FlatGraph& graph_;
  const OpTable& table_;
  std::vector<Value> values_;
  mutable std::uint64_t work_ = 0;
};

// Text of a node's attribute for an integer; `otherwise` where it is absent.
std::int64_t integer_of(const FlatNode& node, Text name, std::int64_t otherwise);

}  // namespace onnx
