#include "component.hpp"

namespace {

Role role_of(const ms::Node& node) {
  Role r;
  r.name = node["role"].str();
  r.suffix = node["suffix"].str();
  r.kind = node["kind"].str();
  for (ms::Node axis : node["axes"].items()) r.axes.emplace_back(axis.str());
  for (ms::Node n : node["shape"].items()) r.shape.push_back(n.u64());
  r.count = node["count"].u64(1);
  r.borrowed = node["borrowed"].boolean();
  r.example = node["pattern"].str();
  return r;
}

std::vector<Role> roles_of(const ms::Node& list) {
  std::vector<Role> out;
  for (ms::Node node : list.items()) out.push_back(role_of(node));
  return out;
}

Component described(const ms::Node& c, bool generic) {
  Component out;
  out.part = c["part"].str();
  if (!generic) out.family = c["family"].str();
  out.guessed = generic;
  out.config = c["config"];
  out.defaults = c["defaults"];
  out.values = c["values"];
  out.top = roles_of(c["top"]);
  for (ms::Node s : c["stacks"].items()) {
    Stack& stack = out.stacks.emplace_back(Stack{std::string(s["path"].str()), {}, {}});
    for (ms::Node k : s["sequence"].items()) stack.sequence.push_back(static_cast<std::size_t>(k.u64()));
    for (ms::Node k : s["classes"].items()) stack.classes.push_back({k["layers"].u64(), k["first"].u64(), k["values"], roles_of(k["roles"])});
  }
  return out;
}

}  // namespace

// The usual plan (family generic) counts only where no tensor says more.
std::vector<Component> components(const ms::Call& call, const ms::Model& model) {
  const ms::Node structure = model.part("structure"), list = structure["components"];
  if (const std::string_view problem = structure["problem"].str(); !problem.empty() && model.tensors() == 0)
    call.problem(MS_WARN, "config.json", "what the model is built like is not known: " + std::string(problem));
  bool generic = list.size() == 0 || model.part("source")["family"].is_null();
  for (ms::Node c : list.items()) generic = generic || c["family"].str() == "generic";
  std::vector<Component> out;
  if (generic && model.tensors() > 0) out = guessed_components(call, model, list);
  else
    for (ms::Node c : list.items()) out.push_back(described(c, generic));
  if (out.empty()) out.emplace_back().config = model.part("config");
  for (Component& c : out) {
    c.model = &model, c.origins = model.part("config_origins");
    for (const Component& other : out)
      if (&other != &c) c.beside.push_back(other.part);
  }
  add_storage(call, model, out);
  return out;
}
