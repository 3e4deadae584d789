#include "core/families/model_scope.hpp"

#include "core/value/error.hpp"

namespace modelsig::families {

Value AppliedFamily::read(const Family::ConfigName& name, std::string* from) const {
  bool given = false;
  for (std::size_t i = 0; i < name.keys.size(); ++i) {
    const Value* v = follow(config, name.keys[i]);
    if (v && !v->is(Kind::null)) {
      if (from) *from = "config key " + name.spelled[i];
      return *v;
    }
    given |= v != nullptr;
  }
  if (!given)
    for (const std::string& key : name.spelled)
      if (const Value* v = family->default_of(key)) {
        if (from) *from = "default of " + key;
        return *v;
      }
  if (from) *from = given ? "config key " + name.spelled.front() + " is null" : "config has no " + name.spelled.front();
  return {};
}

std::string AppliedFamily::rename(std::string path) const {
  const auto under = [&](const std::string& root) {
    return !root.empty() && path.size() >= root.size() && path.compare(0, root.size(), root) == 0 && (path.size() == root.size() || path[root.size()] == '.');
  };
  if (bare && under(family->base()) && path.size() > family->base().size()) path.erase(0, family->base().size() + 1);
  return at + path;
}

Scope::Scope(const AppliedFamily& owner) : owner_(owner), lookup_([this](std::string_view n) { return value(n); }), constant_(owner.family->derived().size()) {}

Value Scope::derived(std::size_t id) {
  const Family::Derived& d = owner_.family->derived()[id];
  const IndexSet missing = d.needs & ~mask_;
  if (missing)
    for (std::size_t i = 0; i < owner_.family->indices().size(); ++i)
      if (missing >> i & 1) throw Error(d.name + " depends on {" + owner_.family->indices()[i].name + "}, which has no value here");
  std::uint64_t key = id + 1;
  if (!d.needs) {
    if (constant_[id].known) return constant_[id].value;
  } else {
    for (std::size_t i = 0; i < Family::kMaxIndices; ++i)
      if (d.needs >> i & 1) key = key * (FamilyModel::kMaxCount + 1) + bound_[i];  // at most three indices are ever bound
    const auto it = varying_.find(key);
    if (it != varying_.end()) return it->second;
  }
  const int outside = inside_;
  inside_ = static_cast<int>(id);
  Value v;
  try {
    v = d.value.evaluate(lookup_);
  } catch (...) {
    inside_ = outside;
    throw;
  }
  inside_ = outside;
  if (d.needs) varying_.emplace(key, v);
  else constant_[id] = {v, true};
  return v;
}

Value Scope::value(std::string_view name) {
  const Family& f = *owner_.family;
  const Family::Meaning* m = f.meaning(name);
  if (!m) throw Error("nothing is called '" + std::string(name) + "'");
  if (m->index >= 0 && (mask_ >> m->index & 1)) return Value(bound_[static_cast<std::size_t>(m->index)]);
  if (m->derived >= 0 && m->derived != inside_) return derived(static_cast<std::size_t>(m->derived));
  if (m->input >= 0) return owner_.inputs[static_cast<std::size_t>(m->input)];
  if (m->option >= 0) return Value(static_cast<bool>(owner_.options[static_cast<std::size_t>(m->option)]));
  if (m->config >= 0) return owner_.read(f.config()[static_cast<std::size_t>(m->config)]);
  throw Error("{" + std::string(name) + "} has no value here");
}

std::uint64_t Scope::count(std::uint8_t index) {
  const Family::Index& i = owner_.family->indices()[index];
  const Value v = i.count.evaluate(lookup_);
  if (!v.is(Kind::integer) || v.i64() < 0) throw Error(owner_.family->name() + ": the number of {" + i.name + "}, " + i.count.show() + ", is " + Expression::describe(v) + (v.is(Kind::null) ? "" : ", not a count"));
  if (v.u64() > FamilyModel::kMaxCount)
    throw Error(owner_.family->name() + ": the number of {" + i.name + "}, " + i.count.show() + ", is " + Expression::describe(v) + ", more than " + std::to_string(FamilyModel::kMaxCount), MS_LIMIT);
  return v.u64();
}

}  // namespace modelsig::families
