#include "parts.hpp"

namespace {

Role role_of(ms::Node node, std::string name, std::string key) {
  Role r{std::move(name), std::move(key), {}, node["count"].u64(1), node["borrowed"].boolean()};
  for (ms::Node n : node["shape"].items()) r.shape.push_back(n.u64());
  return r;
}

std::vector<Role> of_family(ms::Node list) {
  std::vector<Role> out;
  for (ms::Node node : list.items()) {
    const std::string name(node["role"].str()), suffix(node["suffix"].str());
    out.push_back(role_of(node, name, suffix.empty() ? name : name + "." + suffix));
  }
  return out;
}

// by key: attn.q, attn.q.bias; the role is its first two words
std::vector<Role> of_section(ms::Node roles) {
  std::vector<Role> out;
  for (auto [key, node] : roles.members()) {
    const std::size_t dot = key.find('.'), end = dot == key.npos ? dot : key.find('.', dot + 1);
    out.push_back(role_of(node, std::string(key.substr(0, end)), std::string(key)));
  }
  return out;
}

}  // namespace

std::uint64_t Role::elements() const {
  std::uint64_t out = count;
  for (std::uint64_t n : shape) out *= n;
  return out;
}

std::vector<Part> parts(ms::Model model, ms::Node so_far) {
  std::vector<Part> out;
  const ms::Node family = model.part("structure")["components"];
  std::size_t index = 0;
  for (ms::Node section : so_far["structure"].items()) {
    Part& part = out.emplace_back();
    part.name = section["component"].str();
    part.assumed = section["assumed"].boolean();
    part.guessed = section["guessed"].boolean();
    const ms::Node own = part.assumed ? ms::Node() : family.at(index++);
    part.values = own["values"];
    part.top = own ? of_family(own["top"]) : of_section(section["top"]);
    std::vector<ms::Node> classes;
    for (ms::Node s : own["stacks"].items())
      for (ms::Node k : s["classes"].items()) classes.push_back(k);
    std::size_t at = 0;
    for (ms::Node k : section["classes"].items()) {
      const ms::Node theirs = at < classes.size() ? classes[at] : ms::Node();
      ++at;
      part.kinds.push_back({std::string(k["name"].str()), std::string(k["stack"].str()), k["layers"].u64(), k["facts"], theirs["values"],
                            own ? of_family(theirs["roles"]) : of_section(k["roles"])});
    }
  }
  return out;
}

bool Asker::holds(ms::Node rule) const {
  if (!rule["when"]) return true;
  const ms::Node v = member(rule, "when");
  return v.is_bool() ? v.boolean() : v.is_integer() ? v.i64() != 0 : v && !v.is_null();
}

std::optional<std::uint64_t> Asker::size(ms::Node rule, std::string_view name) const {
  const ms::Node v = member(rule, name);
  return v.is_integer() && v.i64() >= 0 ? std::optional(v.u64()) : std::nullopt;
}

ms::Node Asker::member(ms::Node rule, std::string_view name) const {
  return rule[name] ? value(rule[name].str(), rule["at"].str()) : ms::Node();
}

ms::Node Asker::value(std::string_view expression, std::string_view at) const {
  try {
    return call_.evaluate(call_.expression(expression, at), [&](std::string_view name, ms::Writer& to) { look_up(name, to); });
  } catch (const ms::Told&) {  // a fact this model has not: its number is not known
    return {};
  }
}

const Role* Asker::find(std::string_view key) const {
  const auto among = [&](const std::vector<Role>& roles, std::string Role::* what) -> const Role* {
    for (const Role& r : roles)
      if (r.*what == key) return &r;
    return nullptr;
  };
  for (const auto what : {&Role::key, &Role::name}) {  // of a name alone, "mixer.A_log" is the suffix of a role without more
    if (kind_)
      if (const Role* r = among(kind_->roles, what)) return r;
    if (const Role* r = among(part_.top, what)) return r;
  }
  return nullptr;
}

bool Asker::there(std::string_view wanted) const {
  const auto in = [&](const std::vector<Role>& roles) {
    for (const Role& r : roles)
      if (r.name == wanted || r.key == wanted || (wanted.find('.') == wanted.npos && r.name.substr(0, r.name.find('.')) == wanted)) return true;
    return false;
  };
  return (kind_ && in(kind_->roles)) || in(part_.top);
}

void Asker::look_up(std::string_view name, ms::Writer& out) const {
  if (name == "part") return out.value(part_.name);
  if (name == "assumed") return out.value(part_.assumed);
  if (name.starts_with("role.")) return out.value(there(name.substr(5)));
  if (name.starts_with("shape.")) {
    if (const Role* r = find(name.substr(6))) out.list(r->shape);
    return;
  }
  if (name.starts_with("count.")) {
    if (const Role* r = find(name.substr(6))) out.value(r->count);
    return;
  }
  if (name.starts_with("fact.")) {
    if (const ms::Node v = kind_ ? kind_->facts[name.substr(5)] : ms::Node()) out.value(v);
    return;
  }
  if (const ms::Node v = kind_ ? kind_->values[name] : ms::Node()) return out.value(v);
  if (const ms::Node v = part_.values[name]["value"]) out.value(v);
}
