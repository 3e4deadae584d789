// What the operands of an operator are, as the rule tables onnx_operator and onnx_op_class say.
#pragma once
#include <modelsig/plugin.hpp>

#include <map>
#include <set>
#include <string>
#include <vector>

#include "flat_graph.hpp"

namespace onnx {

enum class Part { WEIGHT, BIAS, SKIP_BIAS, SCALE, CONSTANT, OTHER };
enum class Layout { AS_IS, IN_OUT, OUT_IN };  // a matrix stored [in, out] or [out, in]

struct Slot {
  std::uint32_t at = 0;
  Part part = Part::OTHER;
  Layout layout = Layout::AS_IS;
  std::uint32_t data = 0;          // where the data comes in if this is the weight
  std::uint32_t of = NONE;         // a scale's weight
  std::string suffix, role;        // "bias" behind the scope's name; a role that needs no search
  Text turned_by = 0;              // attribute that is 1 if the matrix is stored [out, in]
};

enum class Kind { LINEAR, EMBEDDING, NORM, EMBED_NORM, ATTENTION, LAYOUT, OTHER };

struct Operator {
  Kind kind = Kind::OTHER;
  std::vector<std::uint32_t> data; // slots of what flows in; q, k, v of an attention
  std::vector<Slot> slots;
  std::uint32_t sum = NONE;        // output that is the sum in front of a norm
  std::vector<Text> shape;         // attributes that are the logical shape of the weight
  Text bits = 0, block = 0;        // attributes: bits of an element, elements that share a scale
  std::int64_t default_bits = 0;
  std::string dtype;               // of the weight, "{bits}" in it replaced
  bool any_type = false;           // its weight may be of integers
  bool packed_axis = false;        // a byte of the last axis holds 8 / bits elements
};

enum class OpClass { PASS, OPAQUE, ACTIVATION, LAYOUT, PRODUCT, ADD, SUB, MUL, REDUCE, COUNTING };

class OpTable {
 public:
  OpTable(const ms::Call& call, Texts& texts);
  const Operator* find(const Node& node) const;
  OpClass classify(const Node& node) const;
  bool turns(const FlatNode& node) const;  // a Transpose that swaps the last two axes

 private:
  std::map<std::pair<Text, Text>, Operator> operators_;  // domain, name
  std::map<Text, OpClass> classes_;
  Text transpose_ = 0, perm_ = 0;
};

}  // namespace onnx
