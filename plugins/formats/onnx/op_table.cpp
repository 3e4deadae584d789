#include "op_table.hpp"

#include <algorithm>

namespace onnx {

namespace {

template <class Enum>
Enum word(ms::Node node, std::initializer_list<std::pair<const char*, Enum>> words, ms::Node rule, Enum otherwise) {
  if (!node) return otherwise;
  std::string allowed;
  for (const auto& [name, value] : words) {
    if (node.str() == name) return value;
    allowed += (allowed.empty() ? "" : ", ") + std::string(name);
  }
  throw ms::Error(MS_INVALID_ARGUMENT, std::string(rule["at"].str()) + ": '" + std::string(node.str()) + "' is none of " + allowed);
}

Slot slot(ms::Node node, ms::Node rule, Texts& texts) {
  Slot s;
  s.at = static_cast<std::uint32_t>(node["at"].u64());
  s.part = word<Part>(node["is"], {{"weight", Part::WEIGHT}, {"bias", Part::BIAS}, {"skip_bias", Part::SKIP_BIAS}, {"scale", Part::SCALE},
                                   {"constant", Part::CONSTANT}, {"other", Part::OTHER}}, rule, Part::OTHER);
  s.layout = word<Layout>(node["layout"], {{"in_out", Layout::IN_OUT}, {"out_in", Layout::OUT_IN}}, rule, Layout::AS_IS);
  s.data = static_cast<std::uint32_t>(node["data"].u64());
  s.of = static_cast<std::uint32_t>(node["of"].u64(NONE));
  s.suffix = node["suffix"].str(s.part == Part::BIAS || s.part == Part::SKIP_BIAS ? "bias" : "weight");
  s.role = node["role"].str();
  s.turned_by = texts.id(node["turned_by"].str());
  return s;
}

}  // namespace

OpTable::OpTable(const ms::Call& call, Texts& texts) {
  transpose_ = texts.id("Transpose");
  perm_ = texts.id("perm");
  for (ms::Node rule : call.rules("onnx_operator").items()) {
    Operator op;
    op.kind = word<Kind>(rule["kind"], {{"linear", Kind::LINEAR}, {"embedding", Kind::EMBEDDING}, {"norm", Kind::NORM}, {"embed_norm", Kind::EMBED_NORM},
                                        {"attention", Kind::ATTENTION}, {"layout", Kind::LAYOUT}, {"other", Kind::OTHER}}, rule, Kind::OTHER);
    for (ms::Node d : rule["data"].items()) op.data.push_back(static_cast<std::uint32_t>(d.u64()));
    for (ms::Node s : rule["slots"].items()) op.slots.push_back(slot(s, rule, texts));
    op.sum = static_cast<std::uint32_t>(rule["sum"].u64(NONE));
    for (ms::Node a : rule["shape"].items()) op.shape.push_back(texts.id(a.str().substr(a.str().starts_with('@'))));
    op.bits = texts.id(rule["bit_width"].str().substr(rule["bit_width"].str().starts_with('@')));
    op.block = texts.id(rule["block"].str().substr(rule["block"].str().starts_with('@')));
    op.default_bits = rule["default_bits"].i64();
    op.dtype = rule["dtype"].str();
    op.any_type = rule["any_type"].boolean();
    op.packed_axis = rule["packed_axis"].boolean();
    const Text domain = texts.id(rule["domain"].str());
    if (rule["op"].is_string()) operators_[{domain, texts.id(rule["op"].str())}] = op;
    for (ms::Node name : rule["op"].items()) operators_[{domain, texts.id(name.str())}] = op;
  }
  for (ms::Node rule : call.rules("onnx_op_class").items()) {
    const OpClass value = word<OpClass>(rule["class"], {{"opaque", OpClass::OPAQUE}, {"activation", OpClass::ACTIVATION}, {"layout", OpClass::LAYOUT},
                                                        {"product", OpClass::PRODUCT}, {"add", OpClass::ADD}, {"sub", OpClass::SUB}, {"mul", OpClass::MUL},
                                                        {"reduce", OpClass::REDUCE}, {"counting", OpClass::COUNTING}}, rule, OpClass::PASS);
    for (ms::Node name : rule["ops"].items()) classes_[texts.id(name.str())] = value;
  }
}

const Operator* OpTable::find(const Node& node) const {
  const auto it = operators_.find({node.domain, node.op});
  return it == operators_.end() ? nullptr : &it->second;
}

OpClass OpTable::classify(const Node& node) const {
  const auto it = classes_.find(node.op);
  return it == classes_.end() ? OpClass::PASS : it->second;
}

bool OpTable::turns(const FlatNode& node) const {
  if (!node.node || node.node->op != transpose_) return false;
  const Attribute* perm = node.find(perm_);
  if (!perm) return true;  // without one all axes are reversed
  const auto& p = perm->integers;
  const auto n = static_cast<std::int64_t>(p.size());
  return n >= 2 && p[p.size() - 1] == n - 2 && p[p.size() - 2] == n - 1;
}

}  // namespace onnx
