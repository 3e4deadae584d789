#include "core/families/learn/habits.hpp"

#include <algorithm>

#include "core/value/error.hpp"

namespace modelsig::families::learn {

namespace {

std::string joined(std::string_view a, std::string_view b, std::string_view c = {}) {
  return std::string(a) + '\n' + std::string(b) + '\n' + std::string(c);
}

// the last one or two components that are no index, and whether there is one: model.norm is another than layers.{layer}.norm
std::string ending(std::string_view path, std::size_t components) {
  const bool indexed = path.find('{') != std::string_view::npos;
  std::string out;
  while (components && !path.empty()) {
    const std::size_t dot = path.rfind('.');
    const std::string_view last = dot == std::string_view::npos ? path : path.substr(dot + 1);
    path = dot == std::string_view::npos ? std::string_view() : path.substr(0, dot);
    if (last.starts_with('{') || last.find_first_not_of("0123456789") == std::string_view::npos) continue;
    out = std::string(last) + (out.empty() ? "" : ".") + out;
    --components;
  }
  return components ? std::string() : (indexed ? "*" : "") + out;
}

std::string most_of(const std::map<std::string, std::size_t, std::less<>>& counts) {
  std::string out;
  std::size_t best = 0;
  for (const auto& [text, n] : counts)
    if (n > best) best = n, out = text;
  return out;
}

}  // namespace

Habits::Habits(const FamilyLibrary& library) {
  Counts roots;
  for (const std::string& name : library.names()) {
    try {
      const auto family = library.load(name);
      if (family->origin() != name) ++roots[family->origin()];
      read(family);
    } catch (const Error&) {
    }
  }
  if (roots.empty()) throw Error("no family extends another here, so there is nothing to start a new one from");
  root_ = library.load(most_of(roots));
}

void Habits::read(const std::shared_ptr<const Family>& family) {
  for (const auto& c : family->config())
    for (const std::string& key : c.spelled) ++names_[key][c.name];
  for (const auto& i : family->indices())
    for (const std::string_view n : i.count.names()) ++indices_[std::string(n)][i.name];
  for (const auto& d : family->derived()) indexed(*family, d.value);
  for (const auto& t : family->templates()) {
    if (!family->wrote(t)) continue;  // an inherited line is its author's habit
    const std::string label = t.role + (t.suffix.empty() ? "" : "." + t.suffix), kind = t.kind ? t.kind->name : "";
    for (const std::size_t components : {1u, 2u}) ++roles_[ending(t.path, components)][label];
    ++kinds_[kind];
    ++role_kinds_[joined(label, kind)];
    const auto word = [&](const std::string& parameter, const Expression& e) {
      const auto asks = [&](const auto& tensor) { return tensor.second.when && tensor.second.when.names().front() == parameter; };
      const bool condition = t.kind && std::any_of(t.kind->tensors.begin(), t.kind->tensors.end(), asks);
      used(*family, e, condition ? conditions_ : sizes_);
      wordings_[joined(label, kind, parameter)].push_back({e, family});
    };
    if (t.kind)
      for (std::size_t i = 0; i < t.arguments.size(); ++i) word(t.kind->parameters[i].name, t.arguments[i]);
    else
      for (std::size_t i = 0; i < t.tensors[0].second.shape.size(); ++i) word(std::to_string(i), t.tensors[0].second.shape[i]);
    for (const auto& c : t.when)
      if (const auto names = c.when.names(); names.size() == 1 && names[0] == "head") ++heads_[label][c.when.show()];
    for (const auto& c : t.when) used(*family, c.when, conditions_), indexed(*family, c.when);
    if (!t.same_as.empty() && t.same_if) {
      used(*family, t.same_if, conditions_);
      for (const std::string_view n : t.same_if.names()) ++ties_[std::string(n)];
      for (const auto& other : family->templates())
        if (other.path == t.same_as) ++shares_[joined(label, other.role)];
    }
    std::string over;
    bool inputs = true;
    for (const Expression& e : t.over) {
      over += (over.empty() ? "[" : ", ") + e.show();
      for (const std::string_view n : e.names()) inputs &= family->meaning(n)->input >= 0 && family->meaning(n)->derived < 0;
    }
    if (inputs) ++overs_[label][over + "]"];
  }
}

// A name, and what it is derived from.
void Habits::used(const Family& family, const Expression& e, std::set<std::string, std::less<>>& as, unsigned depth) {
  for (const Expression& part : e.parts()) {
    const auto names = part.names();
    for (const std::string_view a : names) {
      for (const std::string_view b : names) pairs_.insert(joined(a, b));
      const Family::Meaning* m = family.meaning(a);
      as.insert(std::string(a));
      if (m && m->derived >= 0 && depth < 4) used(family, family.derived()[static_cast<std::size_t>(m->derived)].value, as, depth + 1);
    }
  }
}

// first_k_dense in `layer >= first_k_dense`
void Habits::indexed(const Family& family, const Expression& e) {
  const auto names = e.names();
  const auto index = [&](std::string_view n) { return family.meaning(n)->index >= 0; };
  if (std::none_of(names.begin(), names.end(), index)) return;
  for (const std::string_view n : names)
    if (!index(n)) by_index_.insert(std::string(n)), conditions_.insert(std::string(n));
}

bool Habits::together(std::string_view a, std::string_view b) const { return pairs_.contains(joined(a, b)); }

std::string Habits::most(const std::map<std::string, Counts, std::less<>>& table, std::string_view key) {
  const auto it = table.find(key);
  return it == table.end() ? std::string() : most_of(it->second);
}

std::string Habits::name_of(std::string_view key) const { return most(names_, key); }
std::string Habits::index_of(std::string_view count) const { return most(indices_, count); }
std::string Habits::tie() const { return most_of(ties_); }

std::string Habits::role_of(std::string_view path) const {
  for (const std::size_t components : {2u, 1u}) {
    const auto it = roles_.find(ending(path, components));
    if (it == roles_.end()) continue;
    std::size_t all = 0;
    for (const auto& [role, n] : it->second) all += n;
    const std::string role = most_of(it->second);
    if (it->second.at(role) * 2 > all) return role;  // else families disagree
  }
  return {};
}

bool Habits::shares(std::string_view role, std::string_view with) const { return shares_.contains(joined(role, with)); }

std::size_t Habits::uses(std::string_view role, std::string_view kind) const {
  const auto it = role_kinds_.find(joined(role, kind));
  return it == role_kinds_.end() ? 0 : it->second;
}

std::size_t Habits::uses(std::string_view kind) const {
  const auto it = kinds_.find(kind);
  return it == kinds_.end() ? 0 : it->second;
}

std::string Habits::head(std::string_view role) const { return most(heads_, role); }

std::string Habits::over(std::string_view role) const {
  const std::string usual = "[batch, seq]", text = most(overs_, role);
  return text == usual ? std::string() : text;
}

const Habits::Wordings& Habits::wordings(std::string_view role, std::string_view kind, std::string_view parameter) const {
  static const Wordings none;
  const auto it = wordings_.find(joined(role, kind, parameter));
  return it == wordings_.end() ? none : it->second;
}

}  // namespace modelsig::families::learn
