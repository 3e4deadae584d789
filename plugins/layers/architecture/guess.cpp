// No family file: roles by the names alone, classes by which roles with which shapes a layer has and by what the configuration says
// of it (family `generic`: the usual keys).
#include <set>

#include "named_parts.hpp"

namespace {

// "ffn.norm|attn.post_norm": the second if the layer norms its feed-forward's output too
void decide(NamedPart::Roles& roles) {
  const bool sandwich = roles.contains("ffn.post_norm");
  for (auto it = roles.begin(); it != roles.end();) {
    const std::size_t bar = it->second.name.find('|');
    if (bar == std::string::npos) {
      ++it;
      continue;
    }
    Role r = std::move(it->second);
    it = roles.erase(it);
    r.name = sandwich ? r.name.substr(bar + 1) : r.name.substr(0, bar);
    roles.try_emplace(r.key(), r);
    it = roles.begin();
  }
}

// What the usual keys say of every layer; nothing where they speak of another number of layers.
std::vector<ms::Node> usual_values(ms::Node usual, std::size_t layers) {
  for (ms::Node stack : usual["stacks"].items()) {
    if (stack["sequence"].size() != layers) continue;
    std::vector<ms::Node> out;
    for (ms::Node k : stack["sequence"].items()) out.push_back(stack["classes"].at(k.u64())["values"]);
    return out;
  }
  return {};
}

// Whether the keys of the model itself speak of this part: of an encoder or a draft layer they do, of a tower that sees they do not.
bool of_the_model(const ms::Call& call, std::string_view part) {
  for (ms::Node tower : call.rules("tower").items())
    if (tower["label"].str() == part) return tower["of_the_model"].str() == "true";
  return part.empty();
}

void add_stack(const std::string& path, std::map<std::uint64_t, NamedPart::Roles>& layers, ms::Node usual, Component& to) {
  using What = std::set<std::tuple<std::string, std::vector<std::uint64_t>, std::uint64_t>>;  // a layer may lack an expert
  Stack& stack = to.stacks.emplace_back();
  stack.path = path;
  const std::vector<ms::Node> values = usual_values(usual, layers.size());
  std::map<std::tuple<std::string, std::string, What>, std::size_t> seen;
  for (auto& [index, roles] : layers) {
    decide(roles);
    What what;
    for (const auto& [key, r] : roles) what.emplace(key, r.shape, r.count);
    const ms::Node said = values.empty() ? ms::Node() : values[stack.sequence.size()];
    const auto [it, fresh] = seen.emplace(std::tuple{std::string(said["mixer"].str()), std::string(said["position"].str()), std::move(what)}, seen.size());
    stack.sequence.push_back(it->second);
    if (fresh) {
      LayerClass& k = stack.classes.emplace_back(LayerClass{0, index, said, {}});
      for (auto& [key, r] : roles) k.roles.push_back(std::move(r));
    }
    ++stack.classes[it->second].layers;
  }
}

}  // namespace

std::vector<Component> guessed_components(const ms::Call& call, const ms::Model& model, ms::Node generic) {
  const auto usual = [&](std::string_view part) {
    for (ms::Node c : generic.items())
      if (c["part"].str() == part) return c;
    return ms::Node();
  };
  const ms::Node own = usual("");
  const ms::Node config = own["config"] ? own["config"] : model.part("config");
  std::vector<Component> out;
  for (auto& [name, part] : named_parts(call, model)) {
    Component& c = out.emplace_back();
    c.part = name;
    ms::Node plan = usual(name);
    for (ms::Node rule : call.rules("config_part").items())
      if (!c.config && rule["part"].str() == name) c.config = config[rule["name"].str()];
    if (!c.config && of_the_model(call, name)) c.config = config, plan = own;
    c.defaults = plan["defaults"];
    c.values = plan["values"];
    for (auto& [key, r] : part.top) c.top.push_back(std::move(r));
    for (auto& [path, layers] : part.stacks) add_stack(path, layers, plan, c);
  }
  return out;
}
