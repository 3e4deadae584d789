#include "core/families/modules_part.hpp"

#include <algorithm>

#include "core/families/line_tensors.hpp"
#include "core/families/module_ends.hpp"
#include "core/value/builder.hpp"

namespace modelsig::families {

namespace {

struct End {
  std::string dtype;
  std::uint64_t rows = 0;            // leading axes: batch, seq or what the line is over
  std::vector<std::string> axes;
  std::vector<std::uint64_t> shape;
  bool operator==(const End&) const = default;
};
// What equal modules of one line have in common, and where they are.
struct Variant {
  std::vector<End> ends[2];
  bool borrows = false, owns = false;
  std::vector<std::uint64_t> inner, at;
  bool same(const Variant& o) const {
    return ends[0] == o.ends[0] && ends[1] == o.ends[1] && borrows == o.borrows && owns == o.owns && inner == o.inner;
  }
};

class Folded {
 public:
  Folded(const AppliedLine& line, Scope& scope) : line_(line), t_(*line.line), scope_(scope), tensors_(line, scope, false), ends_(line) {
    IndexSet needs = line.same_needs | ends_.needs;
    for (const AppliedTensor& t : line.plain) needs |= t.needs;
    depth_ = level_of(t_, needs);
    for (const auto& c : t_.when) depth_ = std::max(depth_, level_of(t_, c.needs));
  }

  std::uint64_t collect(WalkBudget& budget) {
    std::uint64_t count = 0;
    walk(line_, scope_, budget, [&](std::size_t level) { tensors_.enter(level); }, [&] {
      const Variant v = here();
      std::uint64_t places = 1;
      for (std::uint64_t n : v.inner) {
        if (n && places > FamilyModel::kMaxSteps / n)
          throw Error(line_.owner->family->name() + ": " + t_.path + ": more than " + std::to_string(FamilyModel::kMaxSteps) + " modules", MS_LIMIT);
        places *= n;
      }
      if (!places) return;
      count += places;
      auto it = std::find_if(variants_.begin(), variants_.end(), [&](const Variant& o) { return o.same(v); });
      if (it == variants_.end()) it = variants_.insert(it, v);
      for (std::size_t i = 0; i < depth_; ++i) it->at.push_back(scope_.bound(t_.indices[i]));
    }, depth_);
    return count;
  }

  void write(Builder& out) const {
    const std::string part = line_.owner->part.empty() || t_.part.empty() ? line_.owner->part + t_.part : line_.owner->part + "/" + t_.part;
    const std::string role = (part.empty() ? "" : part + "/") + t_.role;
    const std::string type = ModuleEnds::class_name(line_, scope_);
    for (const Variant& v : variants_) {
      out.begin('{');
      texts("texts", line_.texts, out);
      out.key("holes");
      out.begin('[');
      for (std::uint8_t hole : t_.pattern.holes)
        out.put(Value(static_cast<std::uint64_t>(std::find(t_.indices.begin(), t_.indices.end(), hole) - t_.indices.begin())));
      out.end();
      out.member("type", std::string_view(type));
      out.member("class", std::string_view(line_.owner->family->class_prefix()));
      out.member("role", std::string_view(role));
      out.member("kind", std::string_view(t_.kind->name));
      out.member("borrows", v.borrows);
      out.member("owns", v.owns);
      for (int end : {0, 1}) {
        out.key(end ? "output" : "input");
        out.begin('[');
        for (const End& e : v.ends[end]) {
          out.begin('{');
          if (e.rows) out.member("rows", Value(e.rows));
          if (!e.dtype.empty()) out.member("dtype", std::string_view(e.dtype));
          texts("axes", e.axes, out);
          list("shape", e.shape, out);
          out.end();
        }
        out.end();
      }
      out.member("depth", Value(static_cast<std::uint64_t>(depth_)));
      list("at", v.at, out);
      list("inner", v.inner, out);
      out.end();
    }
  }

 private:
  static void texts(std::string_view key, const std::vector<std::string>& words, Builder& out) {
    out.key(key);
    out.begin('[');
    for (const std::string& word : words) out.put(std::string_view(word));
    out.end();
  }

  static void list(std::string_view key, const std::vector<std::uint64_t>& numbers, Builder& out) {
    out.key(key);
    out.begin('[');
    for (std::uint64_t n : numbers) out.put(Value(n));
    out.end();
  }

  Variant here() {
    Variant v;
    for (int out : {0, 1}) {
      const auto& dtypes = out ? t_.kind->output_dtypes : t_.kind->input_dtypes;
      for (std::size_t i = 0; i < ends_.ends[out].size(); ++i) {
        End& e = v.ends[out].emplace_back();
        if (i < dtypes.size()) e.dtype = dtypes[i];
        e.rows = ends_.ends[out][i].rows;
        for (const Expression& axis : ends_.ends[out][i].axes) {
          e.shape.push_back(axis.size(scope_.lookup()));
          e.axes.push_back(axis.show(scope_.lookup()));
        }
      }
    }
    v.borrows = tensors_.borrowed();
    std::string path;
    if (!v.borrows) tensors_.stored(path, [&](const std::string&, const AppliedTensor&, const Ready&) { v.owns = true; });
    for (std::size_t i = depth_; i < t_.indices.size(); ++i) v.inner.push_back(scope_.count(t_.indices[i]));
    return v;
  }

  const AppliedLine& line_;
  const Family::Template& t_;
  Scope& scope_;
  LineTensors tensors_;
  ModuleEnds ends_;
  std::size_t depth_ = 0;
  std::vector<Variant> variants_;
};

}  // namespace

void write_modules(const FamilyModel& model, std::string_view dtype, Builder& out) {
  Scopes scopes(model.impl());
  WalkBudget budget;
  std::uint64_t count = 0;
  out.begin('{');
  out.member("dtype", dtype);
  out.key("sequence");
  out.begin('{');
  Scope scope(*model.impl().families[0]);
  for (std::string_view axis : {"batch", "seq"})
    if (model.family().meaning(axis)) out.key(axis), out.put(scope.value(axis));
  out.end();
  out.key("modules");
  out.begin('[');
  for (const AppliedLine& l : model.impl().lines) {
    if (!l.line->kind) continue;
    Folded line(l, scopes.of(l));
    count += line.collect(budget);
    line.write(out);
  }
  out.end();
  out.member("count", Value(count));
  out.end();
}

}  // namespace modelsig::families
