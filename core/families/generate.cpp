// FamilyModel::tensors, modules, layer_stacks: the walks over every line.
#include <modelsig/kit/run_lengths.hpp>

#include <algorithm>
#include <set>

#include "core/families/line_tensors.hpp"
#include "core/families/module_ends.hpp"
#include "core/value/error.hpp"

namespace modelsig::families {

void FamilyModel::tensors(const std::function<void(const FamilyTensor&)>& each) const {
  Scopes scopes(*impl_);
  WalkBudget budget;
  std::uint64_t total = 0;
  std::string path, name;
  for (const AppliedLine& l : impl_->lines) {
    if (!l.promised || (l.plain.empty() && l.packed.empty())) continue;
    Scope& scope = scopes.of(l);
    LineTensors tensors(l, scope, true);
    walk(l, scope, budget, [&](std::size_t level) { tensors.enter(level); }, [&] {
      if (tensors.borrowed()) return;
      fill(path, l, scope);
      tensors.stored(path, [&](const std::string& suffix, const AppliedTensor& t, const Ready& r) {
        if (++total > kMaxTensors)
          throw Error(family().name() + ": more than " + std::to_string(kMaxTensors) + " tensors, the last of them " + path + suffix, MS_LIMIT);
        name.assign(path).append(suffix);
        each({name, t.spec.dtype, r.shape, r.symbolic, &impl_->templates[t.id]});
      });
    });
  }
}

std::uint64_t FamilyModel::count() const {
  std::uint64_t n = 0;
  tensors([&](const FamilyTensor&) { ++n; });
  return n;
}

void FamilyModel::modules(const std::function<void(const FamilyModule&)>& each) const {
  Scopes scopes(*impl_);
  WalkBudget budget;
  std::string path;
  for (const AppliedLine& l : impl_->lines) {
    const Family::Template& t = *l.line;
    if (!t.kind || !l.promised) continue;
    Scope& scope = scopes.of(l);
    LineTensors tensors(l, scope, false);
    const ModuleEnds ends(l);
    const std::size_t level_ends = level_of(t, ends.needs);
    const std::string class_name = ModuleEnds::class_name(l, scope);
    const std::string part = l.owner->part.empty() || t.part.empty() ? l.owner->part + t.part : l.owner->part + "/" + t.part;
    const std::string label = (part.empty() ? "" : part + "/") + t.role;
    std::vector<ModuleShape> shapes[2];
    bool fresh = false;
    walk(l, scope, budget, [&](std::size_t level) {
      tensors.enter(level);
      if (level == level_ends) fresh = false;
    }, [&] {
      fill(path, l, scope);
      for (int out : {0, 1}) {
        if (fresh) break;
        shapes[out].clear();
        for (const auto& end : ends.ends[out]) {
          ModuleShape& s = shapes[out].emplace_back();
          for (const Expression& e : end.axes) {
            s.shape.push_back(e.size(scope.lookup()));
            s.symbolic += (s.symbolic.empty() ? "[" : ", ") + e.show(scope.lookup());
          }
          s.symbolic += s.symbolic.empty() ? "[]" : "]";
        }
      }
      fresh = true;
      bool owns = false;
      if (!tensors.borrowed()) tensors.stored(path, [&](const std::string&, const AppliedTensor&, const Ready&) { owns = true; });
      each({path, class_name, shapes[0], shapes[1], label, t.kind->name, tensors.borrowed(), owns});
    });
  }
}

std::vector<LayerStack> FamilyModel::layer_stacks() const {
  struct Row { std::set<std::uint64_t> tensors; std::string marks; };
  struct Stack { std::string path; std::uint8_t index; const AppliedFamily* owner; std::map<std::uint64_t, Row> rows; };
  std::vector<Stack> stacks;
  Scopes scopes(*impl_);
  WalkBudget budget;
  std::string path;
  for (const AppliedLine& l : impl_->lines) {
    if (!l.promised || l.line->indices.empty() || (l.plain.empty() && l.packed.empty())) continue;
    std::string root = l.texts[0];
    while (!root.empty() && root.back() == '.') root.pop_back();
    auto stack = std::find_if(stacks.begin(), stacks.end(), [&](const Stack& s) { return s.path == root && s.owner == l.owner; });
    if (stack == stacks.end()) stack = stacks.insert(stacks.end(), {root, l.line->indices[0], l.owner, {}});
    Scope& scope = scopes.of(l);
    LineTensors tensors(l, scope, false);
    const bool own_path = l.owner->scheme && l.owner->scheme->by_path() && !l.packed.empty();
    walk(l, scope, budget, [&](std::size_t level) { tensors.enter(level); }, [&] {
      if (own_path) fill(path, l, scope);
      Row& row = stack->rows[scope.bound(l.line->indices[0])];
      tensors.stored(path, [&](const std::string&, const AppliedTensor& t, const Ready& r) {
        std::uint64_t h = t.id + 1;  // FNV over template and sizes; a borrowed module counts like its own
        for (std::uint64_t d : r.shape) h = (h ^ d) * 1099511628211ull;
        row.tensors.insert(h);
      });
    });
  }
  std::vector<LayerStack> out;
  for (Stack& s : stacks) {
    const Family& f = *s.owner->family;
    const IndexSet own = IndexSet{1} << s.index;
    Scope scope(*s.owner);
    LayerStack stack{s.path, f.indices()[s.index].name, s.owner, {}, {}, {}};
    std::map<std::pair<std::set<std::uint64_t>, std::string>, std::uint32_t> seen;
    std::map<std::set<std::uint64_t>, std::uint32_t> seen_by_tensors;
    for (auto& [layer, row] : s.rows) {
      scope.bind(s.index, layer);
      for (std::size_t d = 0; d < f.derived().size(); ++d)
        if (f.derived()[d].needs == own) row.marks += Expression::describe(scope.derived(d)) + ";";
      stack.layers.push_back(layer);
      stack.by_tensors.push_back(seen_by_tensors.emplace(row.tensors, static_cast<std::uint32_t>(seen_by_tensors.size())).first->second);
      stack.classes.push_back(seen.emplace(std::pair{row.tensors, row.marks}, static_cast<std::uint32_t>(seen.size())).first->second);
    }
    out.push_back(std::move(stack));
  }
  return out;
}

std::string LayerStack::pattern() const { return ms::kit::run_lengths(classes); }
std::string LayerStack::pattern_by_tensors() const { return ms::kit::run_lengths(by_tensors); }

std::size_t LayerStack::shortest_prefix() const {
  std::size_t out = 0;
  std::uint32_t next = 0;  // classes are numbered by first appearance
  for (std::size_t i = 0; i < classes.size(); ++i)
    if (classes[i] == next) ++next, out = i + 1;
  return out;
}

}  // namespace modelsig::families
