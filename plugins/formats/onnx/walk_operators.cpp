// Walk: what it does at the operators of the table.
#include <algorithm>

#include "element_type.hpp"
#include "walk.hpp"

namespace onnx {

bool Walk::linear(std::uint32_t index, const Operator& op) {
  const FlatNode& node = graph_.nodes[index];
  for (const Slot& slot : op.slots) {
    const Value* weight = input(node, slot.at);
    const std::uint32_t from = slot.at == op.data[0] ? slot.data : op.data[0];
    const Value* data = input(node, from);
    if (slot.part != Part::WEIGHT || !weight || !data || data->constant.tensor != NONE || !is_weight(weight->constant, op)) continue;
    const Constant constant = weight->constant;
    const auto& dims = tensor(constant).dims;
    const auto wide = std::count_if(dims.begin(), dims.end(), [](std::uint64_t d) { return d != 1; });
    if (op.shape.empty() && dims.size() != 2 && wide < 2) continue;  // a vector in disguise: rotary frequencies
    Use& u = use(index, slot, &op, constant);
    std::uint64_t rows = dims.size() < 2 ? 0 : dims[dims.size() - 2], columns = dims.empty() ? 0 : dims.back();
    if (u.transposed) std::swap(rows, columns);
    if (op.shape.size() == 2) {
      rows = static_cast<std::uint64_t>(std::max<std::int64_t>(0, integer_of(node, op.shape[0], 0)));
      columns = static_cast<std::uint64_t>(std::max<std::int64_t>(0, integer_of(node, op.shape[1], 0)));
    }
    const std::uint32_t anchor = make_linear(index, *data, rows, columns);
    uses.back().anchor = anchor;
    scales(index, op, slot.at, constant.tensor);
    for (const Slot& s : op.slots)
      if (const Value* v = input(node, s.at); v && s.part == Part::BIAS && v->constant.tensor != NONE && tensor(v->constant).elements() > 1)
        use(index, s, &op, v->constant).anchor = anchor;
    Value out;
    out.sources = one(anchor);
    out.anchor = anchor;
    set_outputs(node, out);
    return true;
  }
  return false;
}

bool Walk::embedding(std::uint32_t index, const Operator& op) {
  const FlatNode& node = graph_.nodes[index];
  const Slot& slot = op.slots[0];
  const Value* table = input(node, slot.at);
  const std::uint32_t from = op.data[0];
  const Value* indices = input(node, from);
  if (!table || !indices || indices->constant.tensor != NONE || !is_weight(table->constant, op) || tensor(table->constant).dims.size() < 2) return false;
  const Constant constant = table->constant;
  Anchor a;
  a.kind = AnchorKind::EMBEDDING;
  a.node = index;
  a.index = node.inputs[from];
  const auto& dims = tensor(constant).dims;
  a.rows = constant.turned ? dims.back() : dims[0];
  const auto anchor = static_cast<std::uint32_t>(anchors.size());
  anchors.push_back(std::move(a));
  use(index, slot, &op, constant).anchor = anchor;
  scales(index, op, slot.at, constant.tensor);
  Value out;
  out.sources = one(anchor);
  out.anchor = anchor;
  set_outputs(node, out);
  return true;
}

void Walk::norm(std::uint32_t index, const Operator& op) {
  const FlatNode& node = graph_.nodes[index];
  Value sum;
  std::vector<const Value*> terms;
  for (const std::uint32_t d : op.data)
    if (const Value* v = input(node, d)) {
      terms.push_back(v);
      sum.sources = unite(sum.sources, v->sources);
      for (const std::uint32_t through : v->norms)
        if (std::find(sum.norms.begin(), sum.norms.end(), through) == sum.norms.end()) sum.norms.push_back(through);
    }
  if (terms.size() == 2) added(*terms[0], *terms[1]), added(*terms[1], *terms[0]);
  const std::uint32_t n = make_norm(index, sum.sources, sum.norms);
  for (const Slot& s : op.slots) {
    const Value* v = input(node, s.at);
    if (!v || v->constant.tensor == NONE) continue;
    Use& u = use(index, s, &op, v->constant);
    if (s.part == Part::SKIP_BIAS) {
      u.scoped = false;
      for (const Value* term : terms)
        if (const std::uint32_t l = only_linear(term->sources, true); l != NONE) u.anchor = l;
    } else {
      u.norm = n;
    }
  }
  Value out = sum;
  out.norms = {n};
  out.norm = n;
  for (std::uint32_t i = 0; i < node.outputs.size(); ++i)
    if (node.outputs[i] != NONE) values_[node.outputs[i]] = i == op.sum ? sum : i == 0 ? out : Value{};
}

void Walk::embed_norm(std::uint32_t index, const Operator& op) {
  const FlatNode& node = graph_.nodes[index];
  Value out;
  const std::uint32_t n = make_norm(index, {}, {});
  for (const Slot& s : op.slots) {
    const Value* v = input(node, s.at);
    if (!v || v->constant.tensor == NONE) continue;
    const bool table = tensor(v->constant).dims.size() > 1;
    Use& u = use(index, s, &op, v->constant);
    if (!table) {
      u.norm = n;
      continue;
    }
    Anchor a;
    a.kind = AnchorKind::EMBEDDING;
    a.node = index;
    a.role = s.role;
    u.anchor = static_cast<std::uint32_t>(anchors.size());
    anchors.push_back(std::move(a));
    out.sources = unite(out.sources, one(u.anchor));
  }
  norms[n].in = out.sources;
  norms[n].role = "embed.norm";
  Value sum = out;
  out.norms = {n};
  out.norm = n;
  for (std::uint32_t i = 0; i < node.outputs.size(); ++i)
    if (node.outputs[i] != NONE) values_[node.outputs[i]] = i == 0 ? out : i == 2 ? sum : Value{};
}

void Walk::attention(std::uint32_t index, const Operator& op) {
  const FlatNode& node = graph_.nodes[index];
  std::uint32_t q = NONE, k = NONE, v = NONE;
  const Slot* projection = nullptr;
  for (const Slot& s : op.slots) {
    const Value* in = input(node, s.at);
    if (!in || in->constant.tensor == NONE) continue;
    if (s.part == Part::CONSTANT) use(index, s, &op, in->constant);
    if (s.part == Part::WEIGHT && is_weight(in->constant, op) && tensor(in->constant).dims.size() == 2) projection = &s;
  }
  const Value* first = input(node, op.data[0]);
  if (projection && first) {  // the projection is in the same node
    const Constant constant = input(node, projection->at)->constant;
    const Value data = *first;
    const auto& dims = tensor(constant).dims;
    q = k = v = make_linear(index, data, dims[1], dims[0]);
    use(index, *projection, &op, constant).anchor = q;
    scales(index, op, projection->at, constant.tensor);
  } else {
    const auto at = [&](std::size_t i) { return i < op.data.size() ? input(node, op.data[i]) : nullptr; };
    if (first) q = only_linear(first->sources, false);
    const bool packed = !at(1) && !at(2);
    k = packed ? q : at(1) ? only_linear(at(1)->sources, false) : NONE;
    v = packed ? q : at(2) ? only_linear(at(2)->sources, false) : NONE;
  }
  for (const Slot& s : op.slots)
    if (const Value* in = input(node, s.at); in && s.part == Part::BIAS && in->constant.tensor != NONE && tensor(in->constant).elements() > 1) {
      Use& u = use(index, s, &op, in->constant);
      u.scoped = projection != nullptr;
      u.anchor = q;
      if (q != k || !projection) u.role = "attn.qkv";
    }
  const std::uint32_t core = make_core(index, q, k, v);
  Value out, cache;
  out.sources = one(core);
  out.anchor = core;
  for (std::uint32_t i = 0; i < node.outputs.size(); ++i)
    if (node.outputs[i] != NONE) values_[node.outputs[i]] = i == 0 ? out : cache;
}

void Walk::slots_of_other(std::uint32_t index, const Operator& op) {
  const FlatNode& node = graph_.nodes[index];
  const Value* data = op.data.empty() ? nullptr : input(node, op.data[0]);
  const std::uint32_t maker = data ? data->anchor : NONE;
  for (const Slot& s : op.slots) {
    const Value* v = input(node, s.at);
    if (!v || v->constant.tensor == NONE) continue;
    const Constant constant = v->constant;
    if (s.part == Part::SCALE) continue;  // with their weight, below
    if (s.part == Part::WEIGHT && !is_weight(constant, op)) continue;
    Use& u = use(index, s, &op, constant);
    if (s.part == Part::BIAS && maker != NONE) u.anchor = maker, u.scoped = false;
    if (s.part == Part::WEIGHT) scales(index, op, s.at, constant.tensor);
  }
}

// Norms and biases that are written out: x * scale, x + bias, bias - x.
bool Walk::written_out(std::uint32_t index, OpClass c) {
  if (c != OpClass::ADD && c != OpClass::SUB && c != OpClass::MUL) return false;
  const FlatNode& node = graph_.nodes[index];
  const Value *a = input(node, 0), *b = input(node, 1);
  if (!a || !b) return false;
  if (a->constant.tensor != NONE && b->constant.tensor != NONE) {  // weight + 1: still the weight
    const bool second = tensor(a->constant).elements() == 1;
    if (tensor((second ? a : b)->constant).elements() != 1) return false;
    Value out;
    out.constant = (second ? b : a)->constant;
    set_outputs(node, out);
    return true;
  }
  if (a->constant.tensor == NONE && b->constant.tensor == NONE) {
    if (c == OpClass::ADD) added(*a, *b), added(*b, *a);
    return false;
  }
  const Value* vector = a->constant.tensor != NONE ? a : b;
  const Value* data = vector == a ? b : a;
  if (!is_vector(vector->constant)) return false;
  const Constant constant = vector->constant;
  Value out = *data;
  Slot slot;
  if (c == OpClass::MUL) {
    slot.part = data->reduced ? Part::WEIGHT : Part::OTHER;
    slot.suffix = "weight";
    Use& u = use(index, slot, nullptr, constant);
    if (data->reduced) {
      const std::uint32_t n = make_norm(index, data->sources, data->norms);
      u.norm = n;
      out.norms = {n};
      out.norm = n;
      out.reduced = false;
    }
    out.anchor = NONE;
  } else {
    slot.part = Part::BIAS;
    slot.suffix = "bias";
    Use& u = use(index, slot, nullptr, constant);
    if (data->norm != NONE) u.norm = data->norm;
    else if (data->anchor != NONE) u.anchor = data->anchor;
    else if (data->norms.size() == 1 && c == OpClass::SUB) u.norm = data->norms[0], out.reduced = false;
    else u.part = Part::OTHER;
  }
  set_outputs(node, out);
  return true;
}

// Two values multiplied: queries and keys, then what became of them and the values.
bool Walk::product(std::uint32_t index) {
  const FlatNode& node = graph_.nodes[index];
  const Value *a = input(node, 0), *b = input(node, 1);
  if (!a || !b || a->constant.tensor != NONE || b->constant.tensor != NONE) return false;
  if (a->scores != b->scores) {
    const Value& scores = a->scores ? *a : *b;
    const Value& other = a->scores ? *b : *a;
    const std::uint32_t core = make_core(index, scores.q, scores.k, only_linear(other.sources, false));
    Value out;
    out.sources = one(core);
    out.anchor = core;
    set_outputs(node, out);
    return true;
  }
  const std::uint32_t q = only_linear(a->sources, false), k = only_linear(b->sources, false);
  if (a->scores || q == NONE || k == NONE) return false;
  Value out = united(index);
  out.scores = true;
  out.q = q;
  out.k = k;
  out.norms.clear();
  out.reduced = false;
  set_outputs(node, out);
  return true;
}

}  // namespace onnx
