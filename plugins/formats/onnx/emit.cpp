#include "emit.hpp"

#include <algorithm>

#include "element_type.hpp"

namespace onnx {

Emitter::Emitter(const ms::Call& call, ms::Model out, const ModelFile& model, const Walk& walk, const Names& names, ms::File file, ExternalData& external)
    : call_(call), out_(out), model_(model), walk_(walk), names_(names), file_(file), external_(external) {
  for (const Use& use : walk.uses) {
    uses_[use.tensor].push_back(&use);
    const std::string role = role_alias(walk, use);
    if (const auto [it, fresh] = roles_.emplace(role, use.tensor); !fresh && it->second != use.tensor) it->second = NONE;
  }
}

std::string Emitter::dtype(std::uint32_t type) const {
  const std::string number = std::to_string(type);
  return std::string(call_.rule("onnx_dtype", number)["value"].str("T" + number));
}

// A name of a subgraph may be another value's outside: then its path stands in front.
std::string Emitter::unique(std::string name, const std::string& path) {
  if (taken_.count(name)) name = path + name;
  for (std::string base = name; taken_.count(name);) name = base + " (" + std::to_string(++taken_[base]) + ")";
  taken_.emplace(name, 1);
  return name;
}

void Emitter::tensors() {
  for (const Owned& owned : walk_.graph().initialisers) emitted_[owned.tensor] = unique(std::string(model_.texts[model_.tensors[owned.tensor].name]), owned.path);
  for (const Owned& owned : walk_.graph().constants)
    if (uses_.count(owned.tensor) || (is_real(model_.tensors[owned.tensor].type) && model_.tensors[owned.tensor].elements() > 1))
      emitted_[owned.tensor] = unique(std::string(model_.texts[model_.tensors[owned.tensor].name]), owned.path);
  std::size_t done = 0;
  for (const auto* list : {&walk_.graph().initialisers, &walk_.graph().constants})
    for (const Owned& owned : *list) {
      if (++done % 1024 == 0) call_.check_cancelled();
      if (emitted_.count(owned.tensor)) tensor(owned, list == &walk_.graph().constants);
    }
  external_.report();
}

void Emitter::tensor(const Owned& owned, bool) {
  const Tensor& t = model_.tensors[owned.tensor];
  const std::string& name = emitted_[owned.tensor];
  const auto found = uses_.find(owned.tensor);
  if (found == uses_.end()) return add(nullptr, t, name, MS_TENSOR_CONSTANT, {});
  const auto& uses = found->second;
  const auto kind = [&](const Use* u) { return u->part == Part::WEIGHT && u->anchor != NONE ? walk_.anchors[u->anchor].kind : AnchorKind::CORE; };
  const auto first_of = [&](auto wanted) {
    const auto it = std::find_if(uses.begin(), uses.end(), wanted);
    return it == uses.end() ? nullptr : *it;
  };
  const Use* embedding = first_of([&](const Use* u) { return kind(u) == AnchorKind::EMBEDDING; });
  const Use* linear = first_of([&](const Use* u) { return kind(u) == AnchorKind::LINEAR; });
  const Use* weight = first_of([](const Use* u) { return u->part != Part::SCALE && u->part != Part::CONSTANT; });
  const Use* scale = first_of([](const Use* u) { return u->part == Part::SCALE; });
  if (embedding) {
    add(embedding, t, name, 0, {});
    if (!linear) return;
    const auto other = names_.aliases(model_, walk_.graph(), *linear);  // one tensor, two uses: a tied head
    add(linear, t, unique(other.empty() ? name + " (2)" : other.back(), ""), MS_TENSOR_SHARED, name);
  } else if (weight) {
    add(weight, t, name, 0, {});
  } else if (scale) {
    const auto of = emitted_.find(scale->of);
    add(scale, t, name, MS_TENSOR_COMPANION, of == emitted_.end() ? std::string_view() : std::string_view(of->second));
  } else {
    add(nullptr, t, name, MS_TENSOR_CONSTANT, {});
  }
}

void Emitter::add(const Use* use, const Tensor& t, const std::string& name, std::uint32_t flags, std::string_view of) {
  std::vector<std::uint64_t> shape = t.dims;
  std::string type = dtype(t.type);
  std::vector<std::string> aliases;
  const bool weight = use && (use->part == Part::WEIGHT || use->part == Part::BIAS || use->part == Part::SKIP_BIAS);
  if (use && use->part == Part::WEIGHT) {
    if (use->op && !use->op->shape.empty()) {
      const FlatNode& node = walk_.graph().nodes[use->node];
      std::vector<std::uint64_t> said;
      for (const Text a : use->op->shape)
        if (const std::int64_t v = integer_of(node, a, 0); v > 0) said.push_back(static_cast<std::uint64_t>(v));
      if (said.size() == use->op->shape.size()) shape = said;
      else call_.problem(MS_ERROR, name, "the node that reads it does not say its shape: its attributes lack a positive number");
    } else if (use->transposed && shape.size() >= 2) {
      std::swap(shape[shape.size() - 1], shape[shape.size() - 2]);
      flags |= MS_TENSOR_TRANSPOSED;
    }
    if (use->op && !use->op->dtype.empty()) {
      const std::int64_t bits = integer_of(walk_.graph().nodes[use->node], use->op->bits, use->op->default_bits);
      const unsigned stored = element_bits(t.type);
      if (use->op->packed_axis && !shape.empty() && bits > 0 && bits < static_cast<std::int64_t>(stored)) shape.back() *= stored / static_cast<std::uint64_t>(bits);
      if (use->op->shape.size() || (stored >= 8 && bits < 8)) {
        type = use->op->dtype;
        if (const std::size_t at = type.find("{bits}"); at != type.npos) type.replace(at, 6, std::to_string(bits));
      }
    }
  }
  if (weight || (use && use->part == Part::OTHER)) {
    aliases = names_.aliases(model_, walk_.graph(), *use);
    if (const std::string role = role_alias(walk_, *use); !role.empty() && roles_.at(role) != NONE) {
      // where a tensor is both embedding and head its name may be either's: its place decides
      const bool tied = (flags & MS_TENSOR_SHARED) || (use->anchor != NONE && walk_.anchors[use->anchor].kind == AnchorKind::EMBEDDING);
      aliases.insert(tied ? aliases.begin() : aliases.end(), role);
    }
  }
  std::vector<ms_str> texts;
  for (const std::string& a : aliases) texts.push_back(ms::str(a));
  ms::File file = file_;
  std::uint64_t offset = t.offset, size = t.size;
  if (t.external) {
    if (const ms::File found = external_.find(model_, t)) file = found;
    else offset = 0;  // of a file that is not here
    if (!t.size_known) size = MS_SIZE_UNKNOWN;
  }
  ms_tensor row{};
  row.struct_size = sizeof row;
  row.rank = static_cast<std::uint32_t>(shape.size());
  row.name = ms::str(name);
  row.dtype = ms::str(type);
  row.shape = shape.data();
  row.offset = offset;
  row.size = size;
  row.file = file.raw();
  row.flags = flags;
  row.alias_count = static_cast<std::uint32_t>(texts.size());
  row.aliases = texts.data();
  if (shape != t.dims || (flags & MS_TENSOR_TRANSPOSED)) row.stored_rank = static_cast<std::uint32_t>(t.dims.size()), row.stored_shape = t.dims.data();
  row.of = ms::str(of);
  out_.add(row);
}

}  // namespace onnx
