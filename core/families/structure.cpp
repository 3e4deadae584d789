#include "core/families/structure.hpp"

#include <algorithm>
#include <map>

#include "core/families/line_tensors.hpp"
#include "core/value/builder.hpp"

namespace modelsig::families {

namespace {

struct RoleShape {
  const TensorTemplate* origin;
  std::vector<std::string> axes;
  std::vector<std::uint64_t> shape;
  std::uint64_t count = 0;
  bool borrowed = false;
};
using Roles = std::map<std::uint32_t, RoleShape>;  // by template: the order of the family's lines

struct Class { std::uint64_t first = 0, layers = 0; Roles roles; };
struct Stack { LayerStack layers; std::vector<Class> classes; };
struct Component { const AppliedFamily* owner; Roles top; std::vector<Stack> stacks; };

// Components in order of appearance: a line belongs to its owner's tower, or to the one it names itself.
class Collector {
 public:
  Collector(const FamilyModel& model, const Lacking& lacking) : model_(model), lacking_(lacking), scopes_(model.impl()) {
    for (LayerStack& s : model.layer_stacks()) stacks_.push_back({std::move(s), {}});
    for (Stack& s : stacks_) {
      if (!lacking.empty()) split_classes(s.layers);
      for (std::size_t i = 0; i < s.layers.classes.size(); ++i) {
        const std::uint32_t c = s.layers.classes[i];
        if (c == s.classes.size()) s.classes.push_back({s.layers.layers[i], 0, {}});
        ++s.classes[c].layers;
      }
    }
    for (const AppliedLine& l : model.impl().lines)
      if (l.promised) add(l);
  }

  std::vector<std::pair<std::string, Component>>& components() {
    for (Stack& s : stacks_) {
      const TensorTemplate* any = nullptr;
      for (const Class& c : s.classes)
        if (!c.roles.empty()) any = c.roles.begin()->second.origin;
      if (any) of(any->part, s.layers.owner).stacks.push_back(std::move(s));
    }
    stacks_.clear();
    if (components_.empty()) of("", model_.impl().families[0].get());  // a family without tensors: its values alone
    return components_;
  }
  Scope& scope(const AppliedFamily& owner) { return scopes_.of(owner); }

 private:
  Component& of(const std::string& part, const AppliedFamily* owner) {
    for (auto& [name, c] : components_)
      if (name == part) return c;
    return components_.emplace_back(part, Component{owner, {}, {}}).second;
  }

  bool lacks(const std::string& label, std::uint64_t layer) const {
    const auto it = lacking_.find(label);
    return it != lacking_.end() && it->second.contains(layer);
  }

  // Layers of one class that store different modules become classes of their own.
  void split_classes(LayerStack& s) const {
    std::map<std::pair<std::uint32_t, std::vector<std::string_view>>, std::uint32_t> seen;
    for (std::size_t i = 0; i < s.layers.size(); ++i) {
      std::vector<std::string_view> without;
      for (const auto& [label, layers] : lacking_)
        if (layers.contains(s.layers[i])) without.push_back(label);
      s.classes[i] = seen.try_emplace({s.classes[i], std::move(without)}, static_cast<std::uint32_t>(seen.size())).first->second;
    }
  }

  void add(const AppliedLine& l) {
    if (l.plain.empty()) return;
    std::string root = l.texts[0];
    while (!root.empty() && root.back() == '.') root.pop_back();
    Stack* stack = nullptr;
    if (!l.line->indices.empty())
      for (Stack& s : stacks_)
        if (s.layers.path == root && s.layers.owner == l.owner) stack = &s;
    Scope& scope = scopes_.of(l);
    LineTensors tensors(l, scope, false);
    std::string path;
    walk(l, scope, budget_, [&](std::size_t level) { tensors.enter(level); }, [&] {
      Roles* into = nullptr;
      if (!stack) into = &of(model_.templates()[l.plain[0].id].part, l.owner).top;
      else
        for (Class& c : stack->classes)
          if (c.first == scope.bound(l.line->indices[0])) into = &c.roles;
      if (!into) return;
      const bool borrowed = tensors.borrowed();
      tensors.stored(path, [&](const std::string&, const AppliedTensor& t, const Ready& r) {
        if (stack && lacks(model_.templates()[t.id].label, scope.bound(l.line->indices[0]))) return;
        auto [it, fresh] = into->try_emplace(t.id);
        ++it->second.count;
        if (!fresh) return;
        it->second = {&model_.templates()[t.id], {}, r.shape, 1, borrowed};
        for (const Expression& e : t.spec.shape) it->second.axes.push_back(e.show(scope.lookup()));
      });
    });
  }

  const FamilyModel& model_;
  const Lacking& lacking_;
  Scopes scopes_;
  WalkBudget budget_;
  std::vector<Stack> stacks_;
  std::vector<std::pair<std::string, Component>> components_;
};

void write(const Roles& roles, Builder& out) {
  out.begin('[');
  for (const auto& [id, r] : roles) {
    out.begin('{');
    out.member("role", std::string_view(r.origin->role));
    out.member("suffix", std::string_view(r.origin->suffix));
    out.member("kind", std::string_view(r.origin->kind));
    out.member("pattern", std::string_view(r.origin->pattern));
    out.key("axes");
    out.begin('[');
    for (const std::string& a : r.axes) out.put(std::string_view(a));
    out.end();
    out.key("shape");
    out.begin('[');
    for (std::uint64_t n : r.shape) out.put(Value(n));
    out.end();
    out.member("count", Value(r.count));
    if (r.borrowed) out.member("borrowed", true);
    out.member("at", std::string_view(r.origin->where));
    out.end();
  }
  out.end();
}

// What the family's own language calls its values; those that an index decides belong to a class.
void write_values(const FamilyModel& model, const AppliedFamily& owner, Builder& out) {
  const Family& f = *owner.family;
  out.key("values");
  out.begin('{');
  Scope scope(owner);
  const auto each = [&](const std::string& name) {
    const Family::Meaning* m = f.meaning(name);
    if (!m || (m->derived >= 0 && f.derived()[static_cast<std::size_t>(m->derived)].needs)) return;
    try {
      const Quantity q = model.quantity_of(owner, name, scope);
      if (q.value.is(Kind::null) || q.value.is(Kind::object)) return;
      out.key(name);
      out.begin('{');
      out.key("value");
      out.copy(q.value);
      out.member("from", std::string_view(q.from));
      out.end();
    } catch (const Error&) {  // what this config cannot say is no value: the tensors that need it name it
    }
  };
  std::vector<std::string> done;
  const auto once = [&](const std::string& name) {
    if (std::find(done.begin(), done.end(), name) != done.end()) return;
    done.push_back(name);
    each(name);
  };
  for (const auto& c : f.config()) once(c.name);
  for (const auto& d : f.derived()) once(d.name);
  out.end();
}

void write_class(const Stack& s, const Class& c, Scope& scope, Builder& out) {
  const Family& f = *s.layers.owner->family;
  out.begin('{');
  out.member("layers", Value(c.layers));
  out.member("first", Value(c.first));
  out.key("values");
  out.begin('{');
  for (std::size_t i = 0; i < f.indices().size(); ++i) {
    if (f.indices()[i].name != s.layers.index) continue;
    scope.bind(static_cast<std::uint8_t>(i), c.first);
    for (std::size_t d = 0; d < f.derived().size(); ++d) {
      if (f.derived()[d].needs != IndexSet{1} << i) continue;
      try {
        const Value v = scope.derived(d);
        if (!v.is(Kind::null)) out.key(f.derived()[d].name), out.copy(v);
      } catch (const Error&) {
      }
    }
    scope.release(static_cast<std::uint8_t>(i));
  }
  out.end();
  out.key("roles");
  write(c.roles, out);
  out.end();
}

}  // namespace

void write_structure(const FamilyModel& model, const Lacking& lacking, Builder& out) {
  Collector collected(model, lacking);
  out.begin('{');
  out.key("components");
  out.begin('[');
  for (auto& [part, c] : collected.components()) {
    out.begin('{');
    out.member("part", std::string_view(part));
    out.member("family", std::string_view(c.owner->family->name()));
    const std::string where = c.owner->family->where();
    out.member("at", std::string_view(where));
    out.key("config");
    out.copy(c.owner->config);
    out.key("defaults");
    out.begin('{');
    for (const auto& [key, value] : c.owner->family->defaults()) out.key(key), out.copy(*value);
    out.end();
    write_values(model, *c.owner, out);
    out.key("top");
    write(c.top, out);
    out.key("stacks");
    out.begin('[');
    for (const Stack& s : c.stacks) {
      out.begin('{');
      out.member("path", std::string_view(s.layers.path));
      out.member("index", std::string_view(s.layers.index));
      out.member("layers", Value(static_cast<std::uint64_t>(s.layers.layers.size())));
      out.key("sequence");
      out.begin('[');
      for (const std::uint32_t number : s.layers.classes) out.put(Value(static_cast<std::uint64_t>(number)));
      out.end();
      out.member("prefix", Value(static_cast<std::uint64_t>(s.layers.shortest_prefix())));
      out.key("classes");
      out.begin('[');
      for (const Class& k : s.classes) write_class(s, k, collected.scope(*c.owner), out);
      out.end();
      out.end();
    }
    out.end();
    out.end();
  }
  out.end();
  out.end();
}

}  // namespace modelsig::families
