#include "guess.hpp"

#include <map>
#include <tuple>

#include "module_list.hpp"

namespace {

struct Module { std::string_view name; std::string role; std::vector<std::uint64_t> shape; };

// the module of a tensor called `weight` whose role the rules know
std::vector<Module> modules(const ms::Model& model) {
  std::vector<Module> out;
  for (std::size_t i = 0; i < model.tensors(); ++i) {
    const ms::Tensor t = model.tensor(i);
    if (t.flags & (MS_TENSOR_COMPANION | MS_TENSOR_CONSTANT) || t.shape.empty() || t.shape.size() > 2) continue;
    const std::size_t dot = t.name.rfind('.');
    if (dot == t.name.npos || t.name.substr(dot + 1) != "weight") continue;
    const std::string_view role = model.group(t.group)["labels"]["role"]["value"].str();
    if (role.empty()) continue;
    out.push_back({t.name.substr(0, dot), std::string(role.substr(0, role.find('|'))), {t.shape.begin(), t.shape.end()}});
  }
  return out;
}

std::string_view above(std::string_view name) {
  const std::size_t dot = name.rfind('.');
  return dot == name.npos ? std::string_view() : name.substr(0, dot);
}

End stream(const End& sequence, std::uint64_t width) {
  End end = sequence;
  end.axes.push_back(std::to_string(width));
  end.shape.push_back(width);
  return end;
}

}  // namespace

SignatureList guessed(const ms::Call& call, ms::Model model, std::uint64_t fold_above) {
  SignatureList out;
  const std::vector<Module> all = modules(model);
  out.modules = all.size();
  const bool fold = all.size() > fold_above;
  // the widths that a block's projections give: a norm of a part of one stands for every head
  std::map<std::pair<std::string_view, std::string_view>, std::uint64_t> given;
  for (const Module& m : all)
    if (m.shape.size() == 2) given.emplace(std::pair{above(m.name), std::string_view(m.role)}, m.shape[0]);
  std::map<std::tuple<std::string, std::vector<std::uint64_t>, std::uint64_t>, const Signature*> seen;
  struct Folded { const Signature* signature; std::string name, example; std::uint64_t count = 0; };
  std::map<std::pair<std::string, const Signature*>, Folded> counted;
  std::vector<const Folded*> in_order;
  for (const Module& m : all) {
    call.check_cancelled();
    const std::string_view label = call.rule("module_guess", m.role)["label"].str();
    if (m.shape.size() == 1 && label != "norm") continue;
    std::uint64_t heads = 0;
    if (m.shape.size() == 1 && m.role.ends_with("_norm"))
      if (const auto it = given.find({above(m.name), std::string_view(m.role).substr(0, m.role.size() - 5)}); it != given.end() && it->second % m.shape[0] == 0 && it->second > m.shape[0])
        heads = it->second / m.shape[0];
    const Signature*& signature = seen[{m.role, m.shape, heads}];
    if (!signature) {
      Signature s;
      s.role = m.role;
      s.assumed = true;
      s.kind = label.empty() ? "linear" : label;
      End rows = out.sequence;
      if (heads) rows.axes.push_back(std::to_string(heads)), rows.shape.push_back(heads), ++rows.rows;
      if (label == "embedding") {
        s.type = "Embedding";
        s.input.push_back(rows);
        s.input[0].dtype = "I64";
      } else {
        s.type = label == "norm" ? "" : "Linear";
        s.input.push_back(stream(rows, m.shape.back()));
      }
      s.output.push_back(stream(rows, label == "embedding" ? m.shape.back() : m.shape.front()));
      signature = out.keep(std::move(s));
    }
    if (!fold) {
      out.add(std::string(m.name), signature);
      continue;
    }
    const auto [it, fresh] = counted.try_emplace({normalised(std::string(m.name) + "."), signature}, Folded{signature, {}, std::string(m.name), 0});
    if (fresh) it->second.name = it->first.first.substr(0, it->first.first.size() - 1), in_order.push_back(&it->second);
    ++it->second.count;
  }
  for (const Folded* f : in_order) out.add(f->name, f->signature, f->count, f->example);
  return out;
}
