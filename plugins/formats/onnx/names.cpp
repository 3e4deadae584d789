#include "names.hpp"

#include <algorithm>
#include <cctype>

namespace onnx {

namespace {

// "['', 'model', 'model.layers.0', 'model.layers.0.mlp', 'linear_5']" -> "model.layers.0.mlp"
std::string last_module(std::string_view list) {
  std::vector<std::string_view> items;
  for (std::size_t at = list.find_first_of("'\""); at != list.npos;) {
    const std::size_t end = list.find(list[at], at + 1);
    if (end == list.npos) break;
    items.push_back(list.substr(at + 1, end - at - 1));
    at = list.find_first_of("'\"", end + 1);
  }
  return items.size() < 2 ? std::string() : std::string(items[items.size() - 2]);
}

std::string dotted(std::string_view path) {
  std::string out;
  for (std::size_t at = 0; at <= path.size();) {
    const std::size_t end = std::min(path.find('/', at), path.size());
    if (end > at) out += (out.empty() ? "" : ".") + std::string(path.substr(at, end - at));
    at = end + 1;
  }
  return out;
}

std::string without_last(std::string_view path) {
  const std::size_t slash = path.rfind('/');
  return slash == path.npos ? std::string() : dotted(path.substr(0, slash));
}

}  // namespace

Names::Names(const ms::Call& call) {
  for (ms::Node rule : call.rules("onnx_decoration").items()) {
    Decoration d;
    for (ms::Node ending : rule["endings"].items()) d.endings.emplace_back(ending.str());
    d.replace = rule["replace"].str();
    decorations_.push_back(std::move(d));
  }
  for (ms::Node rule : call.rules("onnx_spelling").items())
    if (!rule["piece"].str().empty()) spellings_.push_back({std::string(rule["piece"].str()), std::string(rule["other"].str())});
}

std::string Names::undecorated(std::string name) const {
  for (const Decoration& d : decorations_)
    for (const std::string& ending : d.endings)
      if (name.size() > ending.size() && name.ends_with(ending)) {
        name.resize(name.size() - ending.size());
        name += d.replace;
        break;
      }
  return name;
}

void Names::add(std::vector<std::string>& out, std::string name) const {
  const auto put = [&](std::string text) {
    if (!text.empty() && std::find(out.begin(), out.end(), text) == out.end()) out.push_back(std::move(text));
  };
  put(name);
  for (const Spelling& s : spellings_)
    if (const std::size_t at = name.find(s.piece); at != name.npos) put(std::string(name).replace(at, s.piece.size(), s.other));
}

std::string Names::scope(const ModelFile& model, const FlatNode& node) const {
  if (!node.node) return {};
  std::string out = without_last(node.scope + std::string(model.texts[node.node->name]));
  if (out.empty() && !node.node->outputs.empty()) out = without_last(model.texts[node.node->outputs[0]]);
  if (out.empty()) out = last_module(model.texts[node.node->scopes]);
  return out;
}

std::vector<std::string> Names::aliases(const ModelFile& model, const FlatGraph& graph, const Use& use) const {
  std::vector<std::string> out;
  const std::string own(model.texts[model.tensors[use.tensor].name]);
  add(out, own);
  add(out, undecorated(own));
  std::string scope = use.scoped ? this->scope(model, graph.nodes[use.node]) : std::string();
  for (int stripped = 0; !scope.empty() && stripped <= 2; ++stripped) {  // a wrapper or two around the model
    add(out, scope + "." + use.suffix);
    const std::size_t dot = scope.find('.');
    if (dot == scope.npos || dot + 1 == scope.size()) break;
    const std::string_view next = std::string_view(scope).substr(dot + 1);
    if (std::isdigit(static_cast<unsigned char>(next.front()))) break;  // "layers.0": an index belongs to its list
    scope = next;
  }
  out.erase(std::remove(out.begin(), out.end(), own), out.end());
  return out;
}

std::string role_alias(const Walk& walk, const Use& use) {
  std::string role = use.role;
  std::int64_t layer = -1;
  if (use.norm != NONE) {
    if (role.empty()) role = walk.norms[use.norm].role;
    layer = walk.norms[use.norm].layer;
  } else if (use.anchor != NONE) {
    if (role.empty()) role = walk.anchors[use.anchor].role;
    layer = walk.anchors[use.anchor].layer;
  }
  if (role.empty() || (use.part != Part::WEIGHT && use.part != Part::BIAS && use.part != Part::SKIP_BIAS)) return {};
  return "@" + role + (use.part == Part::WEIGHT ? "" : ".bias") + (layer < 0 ? "" : " " + std::to_string(layer));
}

}  // namespace onnx
