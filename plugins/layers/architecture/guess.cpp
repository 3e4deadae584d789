// No family file: roles by the names alone, classes by which roles with which shapes a layer has.
#include <algorithm>
#include <charconv>
#include <set>

#include "component.hpp"

namespace {

struct Place { std::string stack; std::uint64_t layer = 0; bool inside = false; };

// "model.layers.3.mlp.experts.7.w1.weight" -> stack "model.layers", layer 3
Place place_of(std::string_view name) {
  for (std::size_t at = 0; at < name.size();) {
    const std::size_t end = std::min(name.find('.', at), name.size());
    const std::string_view word = name.substr(at, end - at);
    std::uint64_t n = 0;
    const auto [stop, error] = std::from_chars(word.data(), word.data() + word.size(), n);
    if (!word.empty() && error == std::errc() && stop == word.data() + word.size()) return {std::string(name.substr(0, at ? at - 1 : 0)), n, true};
    at = end + 1;
  }
  return {};
}

std::string suffix_of(std::string_view name) {
  const std::string_view last = name.substr(name.rfind('.') + 1);
  return last == "weight" || name.find('.') == name.npos ? "" : std::string(last);
}

struct Layer { std::map<std::string, Role> roles; };

}  // namespace

std::string run_lengths(const std::vector<std::size_t>& classes) {
  std::string out;
  for (std::size_t i = 0; i < classes.size();) {
    std::size_t end = i;
    while (end < classes.size() && classes[end] == classes[i]) ++end;
    out += classes[i] < 26 ? std::string(1, static_cast<char>('A' + classes[i])) : "(" + std::to_string(classes[i]) + ")";
    if (end - i > 1) out += std::to_string(end - i);
    i = end;
  }
  return out;
}

std::vector<Component> guessed_components(const ms::Model& model, ms::Node structure) {
  struct Part { std::map<std::string, Role> top; std::map<std::string, std::map<std::uint64_t, Layer>> stacks; };
  std::map<std::string, Part> parts;
  parts[""];
  for (std::size_t i = 0; i < model.tensors(); ++i) {
    const ms::Tensor t = model.tensor(i);
    if (t.flags & (MS_TENSOR_COMPANION | MS_TENSOR_CONSTANT)) continue;
    std::string_view role = model.group(t.group)["labels"]["role"]["value"].str();
    if (role.empty()) continue;
    const std::size_t slash = role.rfind('/');
    Part& part = parts[std::string(slash == role.npos ? t.component : role.substr(0, slash))];
    if (slash != role.npos) role.remove_prefix(slash + 1);
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
  std::vector<Component> out;
  for (auto& [name, part] : parts) {
    Component& c = out.emplace_back();
    c.part = name;
    const ms::Node guess = structure["components"].at(0);
    if (name.empty()) c.config = guess["config"] ? guess["config"] : model.part("config"), c.defaults = guess["defaults"], c.values = guess["values"];
    for (auto& [key, r] : part.top) c.top.push_back(std::move(r));
    for (auto& [path, layers] : part.stacks) {
      Stack& stack = c.stacks.emplace_back();
      stack.path = path;
      stack.layers = layers.size();
      std::map<std::set<std::pair<std::string, std::vector<std::uint64_t>>>, std::size_t> seen;
      std::vector<std::size_t> order;
      for (auto& [index, layer] : layers) {
        std::set<std::pair<std::string, std::vector<std::uint64_t>>> what;
        for (const auto& [key, r] : layer.roles) what.emplace(key, r.shape);
        const auto [it, fresh] = seen.emplace(std::move(what), seen.size());
        order.push_back(it->second);
        if (fresh) {
          LayerClass& k = stack.classes.emplace_back(LayerClass{0, index, {}, {}});
          for (auto& [key, r] : layer.roles) k.roles.push_back(std::move(r));
          stack.prefix = order.size();
        }
        ++stack.classes[it->second].layers;
      }
      stack.pattern = run_lengths(order);
    }
  }
  return out;
}
