// No family file: roles by the names alone, classes by which roles with which shapes a layer has.
#include <algorithm>
#include <charconv>
#include <set>

#include "component.hpp"

namespace {

struct Place { std::string stack; std::uint64_t layer = 0; bool inside = false; };

// "model.layers.3.mlp.experts.7.w1.weight" -> stack "model.layers", layer 3; what "merger.mlp.0.weight" numbers are no layers
Place place_of(std::string_view name) {
  for (std::size_t at = 0; at < name.size();) {
    const std::size_t end = std::min(name.find('.', at), name.size());
    const std::string_view word = name.substr(at, end - at);
    std::uint64_t n = 0;
    const auto [stop, error] = std::from_chars(word.data(), word.data() + word.size(), n);
    if (!word.empty() && error == std::errc() && stop == word.data() + word.size()) {
      if (name.find('.', end + 1) == name.npos) return {};
      return {std::string(name.substr(0, at ? at - 1 : 0)), n, true};
    }
    at = end + 1;
  }
  return {};
}

std::string suffix_of(std::string_view name) {
  const std::string_view last = name.substr(name.rfind('.') + 1);
  return last == "weight" || name.find('.') == name.npos ? "" : std::string(last);
}

struct Layer { std::map<std::string, Role> roles; };
struct Part { std::map<std::string, Role> top; std::map<std::string, std::map<std::uint64_t, Layer>> stacks; };

// OPT's layers lie in a "decoder" that has no encoder: such a half is the model itself.
void adopt_only_half(std::map<std::string, Part>& parts) {
  for (const auto& [half, other] : {std::pair{"decoder", "encoder"}, std::pair{"encoder", "decoder"}}) {
    if (!parts.contains(half) || parts.contains(other) || !parts[""].stacks.empty()) continue;
    Part own = std::move(parts[half]);
    parts.erase(half);
    parts[""].top.merge(own.top);
    parts[""].stacks = std::move(own.stacks);
  }
}

std::uint64_t elements(const ms::Tensor& t) {
  std::uint64_t n = 1;
  for (const std::uint64_t axis : t.shape) n *= axis;
  return n;
}

// Whether rules give most of it a role. Where not (a diffusion model's unet, an autoencoder) names are all there is to know.
bool roles_known(const ms::Model& model) {
  std::uint64_t all = 0, known = 0;
  for (std::size_t i = 0; i < model.tensors(); ++i) {
    const ms::Tensor t = model.tensor(i);
    if (t.flags & (MS_TENSOR_COMPANION | MS_TENSOR_CONSTANT)) continue;
    all += elements(t);
    if (model.group(t.group)["labels"]["role"]) known += elements(t);
  }
  return 2 * known >= all;
}

// "down_blocks.N.resnets.N.conv1.weight" -> "=resnets.N.conv1": a name in place of a role, without what says where
std::string name_as_role(std::string_view abstract) {
  const std::size_t n = abstract.find(".N.");
  if (n != abstract.npos) abstract.remove_prefix(n + 3);
  const std::size_t dot = abstract.rfind('.');
  return "=" + std::string(dot == abstract.npos ? abstract : abstract.substr(0, dot));
}

}  // namespace

// "ffn.norm|attn.post_norm": the second if the layer norms its feed-forward's output too
void decide(std::map<std::string, Role>& roles) {
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

std::vector<Component> guessed_components(const ms::Call& call, const ms::Model& model, ms::Node generic) {
  std::map<std::string, Part> parts;
  parts[""];
  const bool known = roles_known(model);
  for (std::size_t i = 0; i < model.tensors(); ++i) {
    const ms::Tensor t = model.tensor(i);
    if (t.flags & (MS_TENSOR_COMPANION | MS_TENSOR_CONSTANT)) continue;
    const ms::Node group = model.group(t.group);
    std::string role(group["labels"]["role"]["value"].str());
    if (role.empty() && known) continue;
    if (role.empty()) role = name_as_role(group["name"].str());
    const std::string_view tower = t.component.empty() ? call.rule("tower", group["name"].str())["label"].str() : t.component;
    Part& part = parts[std::string(tower)];
    const Place place = place_of(t.known_as);
    Role r;
    r.name = role;
    r.suffix = suffix_of(t.known_as);
    r.shape.assign(t.shape.begin(), t.shape.end());
    r.example = t.name;
    auto& into = place.inside ? part.stacks[place.stack][place.layer].roles : part.top;
    const auto [it, fresh] = into.try_emplace(r.key(), r);
    if (!fresh) ++it->second.count;
  }
  adopt_only_half(parts);
  ms::Node guess;
  for (ms::Node c : generic.items())
    if (c["part"].str().empty()) guess = c;
  std::vector<Component> out;
  for (auto& [name, part] : parts) {
    Component& c = out.emplace_back();
    c.part = name;
    const ms::Node config = guess["config"] ? guess["config"] : model.part("config");
    if (name.empty() || name == "encoder" || name == "decoder") c.config = config, c.defaults = guess["defaults"], c.values = guess["values"];
    else
      for (ms::Node rule : call.rules("config_part").items())
        if (rule["part"].str() == name && config[rule["name"].str()]) {
          c.config = config[rule["name"].str()];
          break;
        }
    for (auto& [key, r] : part.top) c.top.push_back(std::move(r));
    for (auto& [path, layers] : part.stacks) {
      Stack& stack = c.stacks.emplace_back();
      stack.path = path;
      const ms::Node types = c.config["layer_types"];
      std::map<std::pair<std::string, std::set<std::pair<std::string, std::vector<std::uint64_t>>>>, std::size_t> seen;
      for (auto& [index, layer] : layers) {
        decide(layer.roles);
        std::set<std::pair<std::string, std::vector<std::uint64_t>>> what;
        for (const auto& [key, r] : layer.roles) what.emplace(key, r.shape);
        const std::string attention(types.at(index).str());
        const auto [it, fresh] = seen.emplace(std::pair{attention, std::move(what)}, seen.size());
        stack.sequence.push_back(it->second);
        if (fresh) {
          LayerClass& k = stack.classes.emplace_back(LayerClass{0, index, {}, {}, attention});
          for (auto& [key, r] : layer.roles) k.roles.push_back(std::move(r));
        }
        ++stack.classes[it->second].layers;
      }
    }
  }
  return out;
}
