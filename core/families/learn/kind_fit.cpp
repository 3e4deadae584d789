#include "core/families/learn/kind_fit.hpp"

#include <algorithm>

#include "core/value/error.hpp"

namespace modelsig::families::learn {

namespace {

using Dims = std::vector<std::uint64_t>;

const Dims& shape(const Path& p) { return p.tensors.begin()->second->shape; }

// An axis that is no bare argument: the numbers for its unbound arguments that make it come out.
bool solve(const ModuleKind& kind, const Expression& e, const Axis& axis, KindFit& out) {
  const auto first = [](const Axis& a) { return static_cast<std::int64_t>(shape(*a.path)[a.number]); };
  std::vector<std::string> open;
  for (const std::string_view n : e.names())
    if (!out.sizes.contains(std::string(n)) && !out.literals.contains(std::string(n))) open.emplace_back(n);
  if (open.size() > 2) return false;
  struct Choice { std::optional<Axis> axis; std::string literal; std::int64_t value; };
  const auto choices = [&](const std::string& name) {
    std::vector<Choice> list;
    if (first(axis) > 1) list.push_back({axis, {}, first(axis)});
    for (const auto& [p, a] : out.sizes) list.push_back({a, {}, first(a)});
    std::stable_sort(list.begin(), list.end(), [](const Choice& a, const Choice& b) { return a.value > b.value; });
    const ModuleKind::Parameter* p = kind.parameter(name);
    if (p && p->otherwise) {
      const Value v = p->otherwise.evaluate([](std::string_view) { return Value(); });
      if (v.is(Kind::integer)) list.insert(first(axis) > 1 ? list.begin() : list.end(), {std::nullopt, p->otherwise.show(), v.i64()});
    }
    list.push_back({axis, {}, first(axis)});
    return list;
  };
  std::vector<std::vector<Choice>> lists;
  for (const std::string& name : open) lists.push_back(choices(name));
  std::vector<const Choice*> chosen(open.size());
  const auto value = [&](std::string_view n) {
    for (std::size_t i = 0; i < open.size(); ++i)
      if (open[i] == n) return Value(chosen[i]->value);
    if (const auto it = out.sizes.find(std::string(n)); it != out.sizes.end()) return Value(first(it->second));
    const auto it = out.literals.find(std::string(n));
    return it == out.literals.end() ? Value() : Value(static_cast<std::int64_t>(std::stoll(it->second)));
  };
  const auto go = [&](auto&& self, std::size_t i) -> bool {
    if (i < open.size()) return std::any_of(lists[i].begin(), lists[i].end(), [&](const Choice& c) { chosen[i] = &c; return self(self, i + 1); });
    try {
      return e.size(value) == shape(*axis.path)[axis.number];
    } catch (const Error&) {
      return false;
    }
  };
  if (!go(go, 0)) return false;
  for (std::size_t i = 0; i < open.size(); ++i) {
    if (chosen[i]->axis) out.sizes.emplace(open[i], *chosen[i]->axis);
    else out.literals.emplace(open[i], chosen[i]->literal);
  }
  return true;
}

// `bias`, `not tied`: what such a condition asks
std::optional<std::pair<std::string, bool>> flag(const Expression& when) {
  const auto names = when.names();
  if (names.size() != 1) return std::nullopt;
  if (when.is_name(names[0])) return std::pair{std::string(names[0]), false};
  if (when.show() == "not " + std::string(names[0])) return std::pair{std::string(names[0]), true};
  return std::nullopt;
}

}  // namespace

std::optional<KindFit> fit(const ModuleKind& kind, const std::map<std::string, const Path*>& tensors, const std::map<std::string, bool>& whole) {
  KindFit out;
  out.kind = &kind;
  std::size_t met = 0;
  for (const auto& [suffix, spec] : kind.tensors) {
    const auto it = tensors.find(suffix);
    const bool there = it != tensors.end();
    met += there;
    if (spec.when) {
      const auto asked = flag(spec.when);
      if (!asked) return std::nullopt;
      const auto [at, fresh] = out.optional.try_emplace(asked->first, KindFit::Optional{there ? it->second : nullptr, asked->second});
      if (!fresh && (at->second.path != nullptr) != there) return std::nullopt;
    } else if (!there || !whole.at(suffix)) return std::nullopt;
    if (!there) continue;
    if (!spec.dtype.empty()) {
      (spec.dtype == it->second->tensors.begin()->second->dtype ? out.own_dtype : out.other_dtype) = true;
    }
    for (const auto& [place, tensor] : it->second->tensors)
      if (tensor->shape.size() != spec.shape.size()) return std::nullopt;
  }
  if (met != tensors.size() || !met) return std::nullopt;
  for (const bool bare : {true, false})  // arguments that an axis is, then what is made of them
    for (const auto& [suffix, spec] : kind.tensors) {
      const auto it = tensors.find(suffix);
      if (it == tensors.end()) continue;
      for (std::size_t i = 0; i < spec.shape.size(); ++i) {
        const Expression& e = spec.shape[i];
        const Axis axis{it->second, i};
        const auto names = e.names();
        if (names.size() == 1 && e.is_name(names[0])) {
          if (!bare) continue;
          const auto [at, fresh] = out.sizes.try_emplace(std::string(names[0]), axis);
          if (!fresh && shape(*at->second.path)[at->second.number] != shape(*axis.path)[i]) return std::nullopt;
        } else if (!bare && !solve(kind, e, axis, out)) return std::nullopt;
      }
    }
  for (const auto& p : kind.parameters)
    if (!out.sizes.contains(p.name) && !out.literals.contains(p.name) && !out.optional.contains(p.name) && !p.otherwise) out.open.push_back(p.name);
  return out;
}

}  // namespace modelsig::families::learn
