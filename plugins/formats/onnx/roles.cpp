#include "roles.hpp"

#include <algorithm>
#include <map>
#include <set>

namespace onnx {

Roles::Roles(const ms::Call& call, const ModelFile& model, const OpTable& table, Walk& walk)
    : call_(call), model_(model), table_(table), walk_(walk), anchors_(walk.anchors), makers_(walk.graph().values.size(), NONE) {
  const auto& nodes = walk.graph().nodes;
  for (std::uint32_t i = 0; i < nodes.size(); ++i)
    for (const std::uint32_t v : nodes[i].outputs)
      if (v != NONE) makers_[v] = i;
}

void Roles::run() {
  attention();
  heads();
  mlps();
  embeddings();
  norms();
}

const Anchor* Roles::only(const Sources& sources) const {
  const auto all = walk_.behind(sources);
  return all.size() == 1 ? &anchors_[all[0]] : nullptr;
}

std::size_t Roles::count(const Sources& sources, std::string_view role) const {
  const auto all = walk_.behind(sources);
  return static_cast<std::size_t>(std::count_if(all.begin(), all.end(), [&](std::uint32_t a) { return anchors_[a].role == role; }));
}

std::int64_t Roles::newest_layer(const Sources& sources) const {
  std::int64_t layer = -1;
  for (const std::uint32_t a : walk_.behind(sources))
    if (anchors_[a].core != NONE) layer = std::max(layer, anchors_[a].layer);
  return layer;
}

bool Roles::fed_by_stream(const Anchor& a) const {
  const auto from = walk_.behind(a.in);
  return std::any_of(from.begin(), from.end(), [&](std::uint32_t f) { return anchors_[f].kind == AnchorKind::EMBEDDING || anchors_[f].core != NONE; });
}

// Self-attention only: where keys come from elsewhere (an encoder) nothing is said.
void Roles::attention() {
  std::map<std::uint32_t, bool> strange;
  for (std::uint32_t c = 0; c < anchors_.size(); ++c) {
    const Anchor core = anchors_[c];
    if (core.kind != AnchorKind::CORE) continue;
    const bool whole = core.q != NONE && core.k != NONE && core.v != NONE;
    const auto same = [&](std::uint32_t a, std::uint32_t b) {
      const Sources &x = anchors_[a].in, &y = anchors_[b].in;
      return x == y || (x && y && *x == *y) || (!x && !y);
    };
    if (!whole || !same(core.q, core.k) || !same(core.q, core.v)) {
      strange[c] = true;
      continue;
    }
    const auto say = [&](std::uint32_t a, const char* role) {
      if (anchors_[a].role.empty()) anchors_[a].role = role, anchors_[a].layer = core.layer;
    };
    if (core.q == core.k && core.k == core.v) {
      say(core.q, "attn.qkv");
    } else if (core.k == core.v) {
      say(core.q, "attn.q");
      say(core.k, "attn.kv");
    } else {
      say(core.q, "attn.q");
      say(core.k, "attn.k");
      say(core.v, "attn.v");
    }
  }
  for (Anchor& a : anchors_)
    if (a.core != NONE && strange.count(a.core)) a.role.clear(), a.layer = -1;
}

// A graph output that is one linear, and no other: a bare hidden state depends on many.
void Roles::heads() {
  for (const OutputOf& output : walk_.outputs) {
    const std::uint32_t l = walk_.only_linear(output.sources, true);
    if (l == NONE || !anchors_[l].role.empty() || !fed_by_stream(anchors_[l])) {
      if (l == NONE || !anchors_[l].role.empty()) continue;
      const Anchor* before = only(anchors_[l].in);  // head.dense in front of it
      if (!before || before->kind != AnchorKind::LINEAR || !before->role.empty()) continue;
    }
    const bool activated = (output.sources->back() & 1) != 0;
    if (activated && anchors_[l].rows == anchors_[l].columns) continue;  // a pooler
    anchors_[l].role = "head.lm";
    if (const std::uint32_t dense = walk_.only_linear(anchors_[l].in, true); dense != NONE && anchors_[dense].role.empty()) anchors_[dense].role = "head.dense";
  }
}

void Roles::mlps() {
  std::vector<bool> inner(anchors_.size());
  std::vector<std::uint32_t> downs;
  for (std::uint32_t i = 0; i < anchors_.size(); ++i) {
    Anchor& a = anchors_[i];
    if (a.kind != AnchorKind::LINEAR || !a.role.empty()) continue;
    const auto from = walk_.behind(a.in);
    if (!from.empty() && std::all_of(from.begin(), from.end(), [&](std::uint32_t f) { return inner[f]; })) downs.push_back(i);
    else if (fed_by_stream(a)) inner[i] = true;
  }
  std::map<std::vector<std::uint32_t>, std::int64_t> parallel;  // a block's attention and MLP that read the same
  for (const Anchor& a : anchors_)
    if (a.kind == AnchorKind::CORE && a.q != NONE && anchors_[a.q].in) parallel.emplace(*anchors_[a.q].in, a.layer);
  for (const std::uint32_t d : downs) {
    const auto from = walk_.behind(anchors_[d].in);
    const auto activated = [&](std::uint32_t a) { return std::binary_search(anchors_[d].in->begin(), anchors_[d].in->end(), 2 * a + 1); };
    if (from.size() == 1) {
      anchors_[from[0]].role = anchors_[from[0]].rows == 2 * anchors_[d].columns && anchors_[d].columns ? "ffn.gate_up" : "ffn.up";
    } else if (from.size() == 2 && activated(from[0]) != activated(from[1])) {
      anchors_[from[0]].role = activated(from[0]) ? "ffn.gate" : "ffn.up";
      anchors_[from[1]].role = activated(from[1]) ? "ffn.gate" : "ffn.up";
    } else {
      continue;
    }
    const Sources& in = anchors_[from[0]].in;
    const auto beside = in ? parallel.find(*in) : parallel.end();
    const std::int64_t layer = beside != parallel.end() ? beside->second : newest_layer(in);
    anchors_[d].role = "ffn.down";
    anchors_[d].layer = layer;
    for (const std::uint32_t f : from) anchors_[f].layer = layer;
  }
}

// What an index is: back from it to the graph's inputs, or to what counts.
std::string Roles::index_role(std::uint32_t value) const {
  const FlatGraph& graph = walk_.graph();
  constexpr std::size_t FAR = 200;
  std::set<std::string_view> found;
  std::set<std::uint32_t> seen{value};
  for (std::vector<std::uint32_t> next{value}; !next.empty() && seen.size() < FAR;) {
    const std::uint32_t v = next.back();
    next.pop_back();
    const std::uint32_t maker = makers_[v];
    if (maker == NONE) {
      if (graph.values[v].tensor != NONE) continue;
      found.insert(call_.rule("onnx_graph_input", model_.texts[graph.values[v].name])["role"].str("?"));
      continue;
    }
    const FlatNode& node = graph.nodes[maker];
    const OpClass c = node.node ? table_.classify(*node.node) : OpClass::LAYOUT;
    if (c == OpClass::COUNTING) return "embed.positions";
    if (c == OpClass::OPAQUE) continue;
    for (const std::uint32_t in : node.inputs)
      if (in != NONE && seen.insert(in).second) next.push_back(in);
  }
  for (const char* role : {"embed.tokens", "embed.types", "embed.positions"})
    if (found.count(role)) return role;
  return found.empty() ? "embed.positions" : "";  // made of nothing but counts and constants
}

void Roles::embeddings() {
  for (Anchor& a : anchors_)
    if (a.kind == AnchorKind::EMBEDDING && a.role.empty() && a.index != NONE) a.role = index_role(a.index);
  // a table that no layer's input goes back to is none of the model's embeddings: rotary caches
  std::vector<bool> read(anchors_.size());
  for (const Anchor& a : anchors_)
    for (const std::uint32_t f : walk_.behind(a.in)) read[f] = true;
  for (std::uint32_t i = 0; i < anchors_.size(); ++i)
    if (anchors_[i].kind == AnchorKind::EMBEDDING && !read[i]) anchors_[i].role.clear();
  // Two tables that only constants choose from: segments that nobody gave, and positions, which are many more.
  std::vector<Anchor*> constant;
  for (Anchor& a : anchors_)
    if (a.role == "embed.positions") constant.push_back(&a);
  if (constant.size() != 2 || constant[0]->rows == constant[1]->rows) return;
  (constant[0]->rows < constant[1]->rows ? constant[0] : constant[1])->role = "embed.types";
}

bool Roles::by_position(Norm& n) {
  const Anchor* from = only(n.in);
  if (!from || from->kind != AnchorKind::LINEAR) return false;
  static const std::map<std::string_view, const char*> BEHIND = {
      {"attn.o", "attn.post_norm"}, {"ffn.down", "ffn.post_norm"}, {"attn.q", "attn.q_norm"}, {"attn.k", "attn.k_norm"}, {"head.dense", "head.norm"}};
  const auto it = BEHIND.find(from->role);
  if (it == BEHIND.end()) return false;
  n.role = it->second;
  n.layer = from->layer;
  return true;
}

void Roles::added_back(Norm& n) {
  const std::size_t attentions = count(n.in, "attn.o"), mlps = count(n.in, "ffn.down");
  if (attentions == 0) {
    const auto from = walk_.behind(n.in);
    if (std::any_of(from.begin(), from.end(), [&](std::uint32_t f) { return anchors_[f].kind == AnchorKind::EMBEDDING; })) n.role = "embed.norm";
    return;
  }
  n.role = attentions > mlps ? "attn.add_norm" : "ffn.add_norm";
  n.layer = newest_layer(n.in);
}

void Roles::by_reader(std::uint32_t index, const std::vector<std::uint32_t>& readers) {
  Norm& n = walk_.norms[index];
  const auto reader = [&](std::string_view group) {
    const auto it = std::find_if(readers.begin(), readers.end(), [&](std::uint32_t r) { return anchors_[r].role.starts_with(group); });
    return it == readers.end() ? nullptr : &anchors_[*it];
  };
  const bool after_sum = std::any_of(n.norms.begin(), n.norms.end(), [&](std::uint32_t p) { return walk_.norms[p].role == "attn.add_norm"; });
  if (after_sum) {  // the last half of a model that norms its sums
    n.role = "ffn.add_norm";
    n.layer = newest_layer(n.in);
  } else if (const Anchor* attn = reader("attn.")) {
    n.role = "attn.norm";
    n.layer = attn->layer;
  } else if (const Anchor* ffn = reader("ffn.")) {
    n.role = "ffn.norm";
    n.layer = ffn->layer;
  } else if (reader("head.") || (readers.empty() && newest_layer(n.in) >= 0)) {
    n.role = "final.norm";
  }
}

void Roles::norms() {
  std::vector<std::vector<std::uint32_t>> readers(walk_.norms.size());
  for (std::uint32_t i = 0; i < anchors_.size(); ++i)
    for (const std::uint32_t n : anchors_[i].norms) readers[n].push_back(i);
  for (std::size_t i = 0; i < walk_.norms.size(); ++i) {
    Norm& n = walk_.norms[i];
    if (!n.role.empty() || by_position(n)) continue;
    if (n.added_back) added_back(n);
    else by_reader(static_cast<std::uint32_t>(i), readers[i]);
  }
}

}  // namespace onnx
