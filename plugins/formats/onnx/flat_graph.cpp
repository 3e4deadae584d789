#include "flat_graph.hpp"

#include <modelsig/error.hpp>

#include <algorithm>
#include <map>
#include <set>
#include <tuple>

namespace onnx {

namespace {

constexpr int DEEPEST = 100;
constexpr std::size_t MOST_SHOWN = 5;

struct Scope {
  const Scope* outer;
  std::unordered_map<Text, std::uint32_t> names;
  std::uint32_t find(Text name) const {
    for (const Scope* s = this; s; s = s->outer)
      if (const auto it = s->names.find(name); it != s->names.end()) return it->second;
    return NONE;
  }
};

class Flattener {
 public:
  Flattener(ModelFile& model, const std::string& file, std::uint64_t max_nodes) : model_(model), texts_(model.texts), file_(file), max_nodes_(max_nodes) {
    constant_ = texts_.id("Constant");
    for (const char* name : {"value", "sparse_value"}) constant_values_.push_back(texts_.id(name));
    for (const char* name : {"Loop", "Scan", "SequenceMap"}) bodies_.push_back(texts_.id(name));
    for (std::uint32_t i = 0; i < model.functions.size(); ++i) {
      const Function& f = model.functions[i];
      functions_.emplace(key(f.domain, f.name, f.overload), i);
    }
  }

  FlatGraph run() {
    refuse_recursion();
    Scope scope{nullptr, {}};
    const Graph& main = model_.graphs.front();
    graph(main, scope, "", 0, nullptr);
    for (const Port& in : main.inputs)
      if (const std::uint32_t v = scope.find(in.name); v != NONE) out_.values[v].input = out_.values[v].tensor == NONE;
    for (const Port& p : main.outputs) {
      const std::uint32_t v = scope.find(p.name);
      if (v == NONE) undefined(p.name);
      else out_.values[v].output = true;
    }
    sort();
    return std::move(out_);
  }

 private:
  struct Caller { const FlatNode* node; const Function* function; };
  using Key = std::tuple<Text, Text, Text>;
  Key key(Text domain, Text name, Text overload) const { return {texts_[domain] == "ai.onnx" ? 0 : domain, name, overload}; }

  [[noreturn]] void fail(const std::string& what) const { throw ms::Error(MS_DATA_LOSS, file_ + ": " + what); }
  std::string quoted(Text text) const { return "'" + std::string(texts_[text]) + "'"; }
  std::uint32_t make(Text name, std::uint32_t tensor = NONE) {
    out_.values.push_back({name, tensor, false, false});
    return static_cast<std::uint32_t>(out_.values.size() - 1);
  }
  void undefined(Text name) {
    if (out_.undefined.size() < MOST_SHOWN) out_.undefined.emplace_back(texts_[name]);
  }

  const Function* function_of(const Node& node) const {
    const auto it = functions_.find(key(node.domain, node.op, node.overload));
    return it == functions_.end() ? nullptr : &model_.functions[it->second];
  }

  // Every function, called or not; over nodes inside If, Loop and Scan too.
  void refuse_recursion() {
    std::vector<int> state(model_.functions.size());
    for (std::uint32_t i = 0; i < state.size(); ++i) visit(i, state, 0);
  }
  void visit(std::uint32_t index, std::vector<int>& state, int depth) {
    if (state[index] == 2) return;
    const Function& f = model_.functions[index];
    if (state[index] == 1) fail("function " + quoted(f.name) + " calls itself, directly or through others: such a model has no end");
    if (depth > DEEPEST) fail("functions call each other more than " + std::to_string(DEEPEST) + " deep, at " + quoted(f.name));
    state[index] = 1;
    visit_nodes(f.nodes, state, depth);
    state[index] = 2;
  }
  void visit_nodes(const std::vector<Node>& nodes, std::vector<int>& state, int depth) {
    for (const Node& node : nodes) {
      if (const auto it = functions_.find(key(node.domain, node.op, node.overload)); it != functions_.end()) visit(it->second, state, depth + 1);
      for (const Attribute& a : node.attributes)
        for (const std::uint32_t g : a.graphs) visit_nodes(model_.graphs[g].nodes, state, depth);
    }
  }

  void graph(const Graph& g, Scope& scope, const std::string& path, int depth, const std::vector<std::uint32_t>* inputs) {
    for (const std::uint32_t t : g.initialisers) {
      const Text name = model_.tensors[t].name;
      if (!scope.names.emplace(name, make(name, t)).second) fail("initialiser " + quoted(name) + " is there twice");
      out_.initialisers.push_back({t, path});
    }
    for (std::size_t i = 0; i < g.inputs.size(); ++i) {
      const Text name = g.inputs[i].name;
      if (scope.names.count(name)) continue;  // an initialiser that the caller may replace
      scope.names.emplace(name, inputs && i < inputs->size() && (*inputs)[i] != NONE ? (*inputs)[i] : make(name));
    }
    nodes(g.nodes, scope, path, "", depth, nullptr);
  }

  void nodes(const std::vector<Node>& list, Scope& scope, const std::string& path, const std::string& calls, int depth, const Caller* caller) {
    if (depth > DEEPEST) fail("graphs and functions lie in each other more than " + std::to_string(DEEPEST) + " deep");
    for (const Node& node : list)  // first all names: some files are not in order
      for (const Text name : node.outputs)
        if (name && !scope.names.count(name)) scope.names.emplace(name, make(name));
    for (const Node& node : list) add(node, scope, path, calls, depth, caller);
  }

  void add(const Node& node, Scope& scope, const std::string& path, const std::string& calls, int depth, const Caller* caller) {
    if (out_.nodes.size() >= max_nodes_) fail("has more than " + std::to_string(max_nodes_) + " nodes with its functions written out (option max_nodes)");
    if (node.op == constant_ && node.domain == 0 && constant(node, scope, path)) return;
    FlatNode flat;
    flat.node = &node;
    flat.scope = calls;
    for (const Text name : node.inputs) {
      std::uint32_t value = name ? scope.find(name) : NONE;
      if (name && value == NONE) {
        undefined(name);
        scope.names.emplace(name, value = make(name));
      }
      flat.inputs.push_back(value);
    }
    for (const Text name : node.outputs) flat.outputs.push_back(name ? output(scope, name) : NONE);
    if (caller)
      for (const Attribute& a : node.attributes)
        if (a.ref) flat.bound.emplace_back(a.name, caller_attribute(*caller, a.ref));
    if (const Function* f = function_of(node)) return call(*f, flat, path, depth);
    for (const Attribute& a : node.attributes)
      for (const std::uint32_t g : a.graphs) subgraph(g, a, flat, scope, path, depth);
    out_.nodes.push_back(std::move(flat));
  }

  // Where two nodes make one value the first counts; a runtime would refuse it.
  std::uint32_t output(const Scope& scope, Text name) {
    const std::uint32_t value = scope.find(name);
    if (made_.insert(value).second && out_.values[value].tensor == NONE) return value;
    if (out_.twice.size() < MOST_SHOWN) out_.twice.emplace_back(texts_[name]);
    return make(name);
  }

  static const Attribute* caller_attribute(const Caller& caller, Text name) {
    if (const Attribute* a = caller.node->find(name)) return a;
    for (const Attribute& a : caller.function->defaults)
      if (a.name == name) return &a;
    return nullptr;
  }

  bool constant(const Node& node, const Scope& scope, const std::string& path) {
    for (const Text name : constant_values_) {
      const Attribute* a = node.find(name);
      if (!a || a->tensors.empty() || node.outputs.empty() || !node.outputs[0]) continue;
      Tensor& t = model_.tensors[a->tensors[0]];
      t.name = node.outputs[0];  // what it was called inside the node is the exporter's business
      out_.values[output(scope, node.outputs[0])].tensor = a->tensors[0];
      if (listed_.insert(a->tensors[0]).second) out_.constants.push_back({a->tensors[0], path});
      return true;
    }
    return false;
  }

  void call(const Function& f, const FlatNode& at, const std::string& path, int depth) {
    Scope inner{nullptr, {}};
    for (std::size_t i = 0; i < f.inputs.size(); ++i)
      inner.names.emplace(f.inputs[i], i < at.inputs.size() && at.inputs[i] != NONE ? at.inputs[i] : make(f.inputs[i]));
    const Caller caller{&at, &f};
    const std::string name(texts_[at.node->name]);
    nodes(f.nodes, inner, path + std::string(texts_[f.name]) + "/", at.scope + (name.empty() ? "" : name + "/"), depth + 1, &caller);
    for (std::size_t i = 0; i < f.outputs.size() && i < at.outputs.size(); ++i)
      if (at.outputs[i] != NONE) hand_over(inner.find(f.outputs[i]), at.outputs[i]);
  }

  void hand_over(std::uint32_t from, std::uint32_t to) {
    if (from == NONE || from == to) return;
    FlatNode pass;
    pass.inputs = {from};
    pass.outputs = {to};
    out_.nodes.push_back(std::move(pass));
  }

  // Its results are further operands of the node; a body's inputs are the node's own, where they correspond.
  void subgraph(std::uint32_t index, const Attribute& attribute, FlatNode& owner, const Scope& scope, const std::string& path, int depth) {
    const Graph& g = model_.graphs[index];
    Scope inner{&scope, {}};
    const bool body = owner.node->domain == 0 && std::find(bodies_.begin(), bodies_.end(), owner.node->op) != bodies_.end();
    const std::string name(texts_[owner.node->name ? owner.node->name : owner.node->op]);
    graph(g, inner, path + name + "." + std::string(texts_[attribute.name]) + "/", depth + 1, body ? &owner.inputs : nullptr);
    for (const Port& p : g.outputs)
      if (const std::uint32_t v = inner.find(p.name); v != NONE) owner.inputs.push_back(v);
  }

  void sort() {
    std::vector<std::uint32_t> maker(out_.values.size(), NONE), waiting(out_.nodes.size());
    for (std::uint32_t i = 0; i < out_.nodes.size(); ++i)
      for (const std::uint32_t v : out_.nodes[i].outputs)
        if (v != NONE) maker[v] = i;
    std::vector<std::vector<std::uint32_t>> readers(out_.nodes.size());
    for (std::uint32_t i = 0; i < out_.nodes.size(); ++i)
      for (const std::uint32_t v : out_.nodes[i].inputs)
        if (v != NONE && maker[v] != NONE && maker[v] != i) {
          readers[maker[v]].push_back(i);
          ++waiting[i];
          if (maker[v] > i) out_.sorted = false;
        }
    if (out_.sorted) return;
    std::set<std::uint32_t> ready;  // the first in file order of those that can run
    for (std::uint32_t i = 0; i < waiting.size(); ++i)
      if (!waiting[i]) ready.insert(i);
    std::vector<FlatNode> ordered;
    while (!ready.empty()) {
      const std::uint32_t i = *ready.begin();
      ready.erase(ready.begin());
      ordered.push_back(std::move(out_.nodes[i]));
      for (const std::uint32_t r : readers[i])
        if (--waiting[r] == 0) ready.insert(r);
    }
    if (ordered.size() != out_.nodes.size()) fail("its nodes need each other's results in a circle");
    out_.nodes = std::move(ordered);
  }

  ModelFile& model_;
  Texts& texts_;
  std::string file_;
  std::uint64_t max_nodes_;
  std::map<Key, std::uint32_t> functions_;
  std::set<std::uint32_t> made_;    // values that a node has made
  std::set<std::uint32_t> listed_;  // constants of a function that is called twice are there once
  Text constant_ = 0;
  std::vector<Text> constant_values_, bodies_;
  FlatGraph out_;
};

}  // namespace

FlatGraph flatten(ModelFile& model, const std::string& file, std::uint64_t max_nodes) { return Flattener(model, file, max_nodes).run(); }

}  // namespace onnx
