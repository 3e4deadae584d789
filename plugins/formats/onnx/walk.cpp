#include "walk.hpp"

#include <algorithm>

#include "element_type.hpp"

namespace onnx {

namespace {
constexpr std::size_t MOST_NORMS = 8;  // of one value; more is no transformer

void add_norms(std::vector<std::uint32_t>& into, const std::vector<std::uint32_t>& more) {
  for (const std::uint32_t n : more)
    if (into.size() < MOST_NORMS && std::find(into.begin(), into.end(), n) == into.end()) into.push_back(n);
}
}  // namespace

std::int64_t integer_of(const FlatNode& node, Text name, std::int64_t otherwise) {
  const Attribute* a = name ? node.find(name) : nullptr;
  return a && a->has_integer ? a->integer : otherwise;
}

Walk::Walk(const ModelFile& model, const FlatGraph& graph, const OpTable& table) : model_(model), graph_(graph), table_(table), values_(graph.values.size()) {
  for (std::size_t i = 0; i < values_.size(); ++i) values_[i].constant.tensor = graph.values[i].tensor;
  for (std::uint32_t i = 0; i < graph.nodes.size(); ++i) step(i);
  for (std::size_t i = 0; i < values_.size(); ++i)
    if (graph.values[i].output) outputs.push_back({values_[i].sources, values_[i].norms});
}

Sources Walk::unite(const Sources& a, const Sources& b) const {
  if (!b || a == b) return a;
  if (!a) return b;
  if (work_ > MOST_WORK) return a;
  work_ += a->size() + b->size();
  if (std::includes(a->begin(), a->end(), b->begin(), b->end())) return a;
  if (std::includes(b->begin(), b->end(), a->begin(), a->end())) return b;
  auto out = std::make_shared<std::vector<std::uint32_t>>();
  std::set_union(a->begin(), a->end(), b->begin(), b->end(), std::back_inserter(*out));
  return out;
}

std::vector<std::uint32_t> Walk::behind(const Sources& sources, bool embeddings) const {
  std::vector<std::uint32_t> out;
  if (!sources) return out;
  for (const std::uint32_t s : *sources)
    if ((out.empty() || out.back() != s / 2) && (embeddings || anchors[s / 2].kind != AnchorKind::EMBEDDING)) out.push_back(s / 2);
  return out;
}

std::uint32_t Walk::only_linear(const Sources& sources, bool embeddings) const {
  const auto all = behind(sources, embeddings);
  return all.size() == 1 && anchors[all[0]].kind == AnchorKind::LINEAR ? all[0] : NONE;
}

bool Walk::is_weight(const Constant& c, const Operator& op) const {
  if (c.tensor == NONE) return false;
  const Tensor& t = tensor(c);
  return t.elements() > 1 && (is_real(t.type) || op.any_type || c.dequantised);
}

bool Walk::is_vector(const Constant& c) const {
  if (c.tensor == NONE || (!is_real(tensor(c).type) && !c.dequantised)) return false;
  const auto& dims = tensor(c).dims;
  return std::count_if(dims.begin(), dims.end(), [](std::uint64_t d) { return d != 1; }) == 1;
}

Use& Walk::use(std::uint32_t index, const Slot& slot, const Operator* op, const Constant& constant) {
  Use u;
  u.tensor = constant.tensor;
  u.node = index;
  u.part = slot.part;
  u.suffix = slot.suffix;
  u.role = slot.role;
  u.op = op;
  const FlatNode& node = graph_.nodes[index];
  const bool in_out = slot.layout == Layout::IN_OUT && !(slot.turned_by && integer_of(node, slot.turned_by, 0) == 1);
  u.transposed = constant.turned != in_out;
  return uses.emplace_back(std::move(u));
}

void Walk::scales(std::uint32_t index, const Operator& op, std::uint32_t slot, std::uint32_t tensor) {
  const FlatNode& node = graph_.nodes[index];
  for (const Slot& s : op.slots)
    if (const Value* v = input(node, s.at); v && s.part == Part::SCALE && s.of == slot && v->constant.tensor != NONE && v->constant.tensor != tensor)
      use(index, s, &op, v->constant).of = tensor;
}

std::uint32_t Walk::make_linear(std::uint32_t index, const Value& data, std::uint64_t rows, std::uint64_t columns) {
  Anchor a;
  a.node = index;
  a.in = data.sources;
  a.norms = data.norms;
  a.rows = rows;
  a.columns = columns;
  const auto from = behind(a.in);
  if (from.size() == 1 && anchors[from[0]].kind == AnchorKind::CORE) {
    a.core = from[0];
    a.role = "attn.o";
    a.layer = anchors[from[0]].layer;
  }
  anchors.push_back(std::move(a));
  return static_cast<std::uint32_t>(anchors.size() - 1);
}

// The layer is the number of attentions whose results are in what the query is made of: each tower counts for itself.
std::uint32_t Walk::make_core(std::uint32_t index, std::uint32_t q, std::uint32_t k, std::uint32_t v) {
  Anchor a;
  a.kind = AnchorKind::CORE;
  a.node = index;
  a.q = q;
  a.k = k;
  a.v = v;
  if (q != NONE) {
    const auto before = behind(anchors[q].in);
    a.layer = std::count_if(before.begin(), before.end(), [&](std::uint32_t b) { return anchors[b].core != NONE; });
  }
  anchors.push_back(std::move(a));
  return static_cast<std::uint32_t>(anchors.size() - 1);
}

std::uint32_t Walk::make_norm(std::uint32_t index, Sources in, std::vector<std::uint32_t> through) {
  Norm n;
  n.node = index;
  n.in = std::move(in);
  n.norms = std::move(through);
  norms.push_back(std::move(n));
  return static_cast<std::uint32_t>(norms.size() - 1);
}

Walk::Value Walk::united(std::uint32_t index) const {
  Value out;
  for (const std::uint32_t v : graph_.nodes[index].inputs) {
    if (v == NONE) continue;
    const Value& in = values_[v];
    out.sources = unite(out.sources, in.sources);
    add_norms(out.norms, in.norms);
    out.reduced = out.reduced || in.reduced;
    if (in.scores) out.scores = true, out.q = in.q, out.k = in.k;
  }
  // a norm that is written out meets what it norms once more (x * scale): what that went through before is behind it
  const std::vector<std::uint32_t> all = out.norms;
  for (const std::uint32_t n : all)
    std::erase_if(out.norms, [&](std::uint32_t m) { return m != n && std::find(norms[n].norms.begin(), norms[n].norms.end(), m) != norms[n].norms.end(); });
  return out;
}

void Walk::set_outputs(const FlatNode& node, const Value& value) {
  for (const std::uint32_t v : node.outputs)
    if (v != NONE) values_[v] = value;
}

void Walk::added(const Value& a, const Value& b) {
  if (a.norms.size() == 1 && !a.reduced && only_linear(b.sources, true) != NONE && only_linear(a.sources, true) == NONE && b.norms.empty())
    norms[a.norms[0]].added_back = true;
}

void Walk::step(std::uint32_t index) {
  if (work_ > MOST_WORK) gave_up = true;
  const FlatNode& node = graph_.nodes[index];
  const Operator* op = node.node ? table_.find(*node.node) : nullptr;
  OpClass c = node.node ? table_.classify(*node.node) : OpClass::LAYOUT;
  if (op) {
    switch (op->kind) {
      case Kind::LINEAR: if (linear(index, *op)) return; break;
      case Kind::EMBEDDING: if (embedding(index, *op)) return; break;
      case Kind::NORM: return norm(index, *op);
      case Kind::EMBED_NORM: return embed_norm(index, *op);
      case Kind::ATTENTION: return attention(index, *op);
      case Kind::LAYOUT:
        if (const Value* v = input(node, 0); v && v->constant.tensor != NONE) scales(index, *op, 0, v->constant.tensor);
        break;
      case Kind::OTHER: slots_of_other(index, *op); break;
    }
  }
  if (c == OpClass::OPAQUE) return set_outputs(node, {});
  if (c == OpClass::PRODUCT && product(index)) return;
  if (written_out(index, c)) return;
  Value out = united(index);
  if (c == OpClass::ACTIVATION && out.sources) {
    auto behind_activation = std::make_shared<std::vector<std::uint32_t>>();
    work_ += out.sources->size();
    for (const std::uint32_t s : *out.sources)
      if (behind_activation->empty() || behind_activation->back() != (s | 1)) behind_activation->push_back(s | 1);
    out.sources = std::move(behind_activation);
  }
  if (c == OpClass::REDUCE) out.reduced = true;
  if (const Value* first = input(node, 0); c == OpClass::LAYOUT && first) {
    out.anchor = first->anchor;
    out.norm = first->norm;
    out.constant = first->constant;
    out.constant.turned = out.constant.turned != table_.turns(node);
    out.constant.dequantised = out.constant.dequantised || (op && op->kind == Kind::LAYOUT);
  }
  set_outputs(node, out);
}

}  // namespace onnx
