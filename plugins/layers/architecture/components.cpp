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

}  // namespace

std::vector<Component> components(const ms::Call& call, const ms::Model& model) {
  const ms::Node structure = model.part("structure");
  const bool known = structure["components"].size() > 0 && structure["components"].at(0)["family"].str() != "generic";
  std::vector<Component> out;
  if (!known) {
    out = guessed_components(call, model, structure);
    for (Component& c : out) c.model = &model;
    add_storage(model, out);
    return out;
  }
  for (ms::Node c : structure["components"].items()) {
    Component& to = out.emplace_back();
    to.part = c["part"].str();
    to.family = c["family"].str();
    to.model = &model;
    to.config = c["config"];
    to.defaults = c["defaults"];
    to.values = c["values"];
    to.top = roles_of(c["top"]);
    for (ms::Node s : c["stacks"].items()) {
      Stack& stack = to.stacks.emplace_back(Stack{std::string(s["path"].str()), {}, {}});
      for (ms::Node number : s["sequence"].items()) stack.sequence.push_back(number.u64());
      for (ms::Node k : s["classes"].items())
        stack.classes.push_back({k["layers"].u64(), k["first"].u64(), k["values"], roles_of(k["roles"]), {}});
    }
  }
  add_storage(model, out);
  return out;
}
