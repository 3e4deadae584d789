// FamilyModel::tensors, modules, layer_stacks: the walks over every line.
#include <algorithm>
#include <set>

#include "core/families/line_walker.hpp"
#include "core/value/error.hpp"

namespace modelsig::families {

namespace {

struct Ready {  // a tensor of a line, evaluated when it is first needed and again when an index it depends on moves
  bool fresh = false, present = false;
  std::vector<std::uint64_t> shape;
  std::string symbolic;
};

class LineTensors {
 public:
  LineTensors(const AppliedLine& line, Scope& scope, bool text)  // text: symbolic shapes are wanted
      : line_(line), scope_(scope), packs_(!line.packed.empty()), skips_(line.owner->scheme && line.owner->scheme->skips_any()), text_(text) {
    plain_ready_.resize(line.plain.size());
    packed_ready_.resize(line.packed.size());
    for (const auto& t : line.plain) plain_level_.push_back(level_of(*line.line, t.needs));
    for (const auto& t : line.packed) packed_level_.push_back(level_of(*line.line, t.needs));
    same_level_ = level_of(*line.line, line.same_needs);
  }

  void enter(std::size_t level) {
    if (level == same_level_) borrows_fresh_ = false;
    for (std::size_t i = 0; i < plain_ready_.size(); ++i)
      if (plain_level_[i] == level) plain_ready_[i].fresh = false;
    for (std::size_t i = 0; i < packed_ready_.size(); ++i)
      if (packed_level_[i] == level) packed_ready_[i].fresh = false;
  }

  bool borrowed() {
    if (!borrows_fresh_) {
      const Family::Template& t = *line_.line;
      borrows_ = !t.same_as.empty() && (!t.same_if || t.same_if.holds(scope_.lookup()));
      borrows_fresh_ = true;
    }
    return borrows_;
  }

  // each(suffix, spec's id, Ready)
  template <class Each>
  void stored(const std::string& path, Each&& each) {
    const bool pack = packs_ && !(skips_ && line_.owner->scheme->skips(path));
    const auto& tensors = pack ? line_.packed : line_.plain;
    auto& states = pack ? packed_ready_ : plain_ready_;
    const auto& suffixes = pack ? line_.packed_suffixes : line_.plain_suffixes;
    for (std::size_t i = 0; i < tensors.size(); ++i) {
      if (!states[i].fresh) make(tensors[i].spec, states[i], suffixes[i]);
      if (states[i].present) each(suffixes[i], tensors[i], states[i]);
    }
  }

 private:
  void make(const TensorSpec& spec, Ready& r, const std::string& suffix) {
    try {
      r.present = !spec.when || spec.when.holds(scope_.lookup());
      r.shape.clear();
      r.symbolic = "[";
      for (const Expression& e : spec.shape) {
        if (!r.present) break;
        r.shape.push_back(e.size(scope_.lookup()));
        if (text_) r.symbolic += (r.symbolic.size() > 1 ? ", " : "") + e.show(scope_.lookup());
      }
      r.symbolic += "]";
      r.fresh = true;
    } catch (const Error& e) {
      std::string path;
      fill(path, line_, scope_);
      throw Error(line_.owner->family->name() + ": " + path + suffix + ": " + e.what(), e.status());
    }
  }

  const AppliedLine& line_;
  Scope& scope_;
  bool packs_, skips_, text_, borrows_ = false, borrows_fresh_ = false;
  std::vector<Ready> plain_ready_, packed_ready_;
  std::vector<std::size_t> plain_level_, packed_level_;
  std::size_t same_level_ = 0;
};

// one Scope a family, so that derived values are shared between its lines
class Scopes {
 public:
  explicit Scopes(const FamilyModel::Impl& impl) {
    for (const auto& f : impl.families) scopes_.push_back(std::make_unique<Scope>(*f));
  }
  Scope& of(const AppliedLine& l) {
    for (auto& s : scopes_)
      if (&s->owner() == l.owner) return *s;
    return *scopes_.front();
  }

 private:
  std::vector<std::unique_ptr<Scope>> scopes_;
};

std::string name_class(std::string_view pattern, const std::string& prefix) {
  std::string out(pattern);
  const std::size_t at = out.find("{class}");
  return at == std::string::npos ? out : out.replace(at, 7, prefix);
}

std::string run_lengths(const std::vector<std::uint32_t>& classes) {
  std::string out;
  for (std::size_t i = 0; i < classes.size();) {
    std::size_t end = i;
    while (end < classes.size() && classes[end] == classes[i]) ++end;
    std::uint32_t c = classes[i];  // A..Z, then AA, AB, ...
    std::string letters(1, static_cast<char>('A' + c % 26));
    while (c >= 26) { c = c / 26 - 1; letters.insert(letters.begin(), static_cast<char>('A' + c % 26)); }
    out += letters + (end - i > 1 ? std::to_string(end - i) : "");
    i = end;
  }
  return out;
}

}  // namespace

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
    const auto argument = [&](std::string_view n) -> const Expression* {
      for (std::size_t i = 0; i < t.arguments.size(); ++i)
        if (t.kind->parameters[i].name == n) return &t.arguments[i];
      return nullptr;
    };
    std::vector<std::vector<Expression>> ends[2];
    IndexSet needs = 0;
    for (int out : {0, 1})
      for (const auto& shape : out ? t.kind->outputs : t.kind->inputs) {
        auto& axes = ends[out].emplace_back();
        for (const Expression& e : shape) {
          if (e.is_name("rows")) axes.insert(axes.end(), t.over.begin(), t.over.end());
          else axes.push_back(e.substitute(argument));
        }
        for (const Expression& e : axes) needs |= l.owner->family->needs(e);
      }
    const std::size_t level_ends = level_of(t, needs);
    const std::string class_name = name_class(t.class_name.empty() ? t.kind->class_name : t.class_name, l.owner->family->class_prefix());
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
        for (const auto& axes : ends[out]) {
          ModuleShape& s = shapes[out].emplace_back();
          for (const Expression& e : axes) {
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
    const bool own_path = l.owner->scheme && l.owner->scheme->skips_any() && !l.packed.empty();
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
    LayerStack stack{s.path, f.indices()[s.index].name, {}, {}};
    std::map<std::pair<std::set<std::uint64_t>, std::string>, std::uint32_t> seen;
    std::map<std::set<std::uint64_t>, std::uint32_t> seen_by_tensors;
    for (auto& [layer, row] : s.rows) {
      scope.bind(s.index, layer);
      for (std::size_t d = 0; d < f.derived().size(); ++d)
        if (f.derived()[d].needs == own) row.marks += Expression::describe(scope.derived(d)) + ";";
      stack.by_tensors.push_back(seen_by_tensors.emplace(row.tensors, static_cast<std::uint32_t>(seen_by_tensors.size())).first->second);
      stack.classes.push_back(seen.emplace(std::pair{row.tensors, row.marks}, static_cast<std::uint32_t>(seen.size())).first->second);
    }
    out.push_back(std::move(stack));
  }
  return out;
}

std::string LayerStack::pattern() const { return run_lengths(classes); }
std::string LayerStack::pattern_by_tensors() const { return run_lengths(by_tensors); }

std::size_t LayerStack::shortest_prefix() const {
  std::size_t out = 0;
  std::uint32_t next = 0;  // classes are numbered by first appearance
  for (std::size_t i = 0; i < classes.size(); ++i)
    if (classes[i] == next) ++next, out = i + 1;
  return out;
}

}  // namespace modelsig::families
