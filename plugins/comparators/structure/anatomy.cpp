#include "anatomy.hpp"

#include <algorithm>

namespace {

Roles roles_of(const ms::Node& node) {
  Roles out;
  for (auto [name, role] : node.members()) {
    RoleShape& r = out[std::string(name)];
    for (ms::Node axis : role["axes"].items()) r.axes.emplace_back(axis.str());
    for (ms::Node n : role["shape"].items()) r.shape.push_back(n.u64());
    r.count = role["count"].u64(1);
    r.borrowed = role["borrowed"].boolean();
    r.dtype = role["dtype"].str();
    r.transposed = role["transposed"].boolean();
    r.fused = role["fused"].str();
  }
  return out;
}

double elements(const Roles& roles) {
  double sum = 0;
  for (const auto& [name, r] : roles) {
    if (r.borrowed) continue;
    double n = static_cast<double>(r.count);
    for (std::uint64_t d : r.shape) n *= static_cast<double>(d);
    sum += n;
  }
  return sum;
}

// "attn.qkv.bias" with qkv = q, k, v: attn.q.bias ...
void add_plain(std::set<std::string>& to, const std::string& key, const RoleParts& parts) {
  const std::size_t first = key.find('.'), second = first == key.npos ? key.npos : key.find('.', first + 1);
  const auto it = parts.find(std::string_view(key).substr(0, second));
  if (it == parts.end()) to.insert(key);
  else
    for (const std::string& part : it->second) to.insert(part + (second == key.npos ? "" : key.substr(second)));
}

}  // namespace

const Scalar& Class::fact(std::string_view id) const {
  static const Scalar none;
  const auto it = facts.find(id);
  return it == facts.end() ? none : it->second;
}

std::set<std::string> Class::plain_roles(const RoleParts& parts) const {
  std::set<std::string> out;
  for (const auto& [key, r] : roles) add_plain(out, key, parts);
  return out;
}

void Class::work_out() {
  for (const bool mixed : {false, true}) {
    std::string& out = mixers[mixed] = fact("attention_kind") ? fact("attention_kind").show() : "";
    const auto add = [&](std::string_view word, bool in_front) { out = out.empty() ? word : in_front ? std::string(word) + " " + out : out + " and " + std::string(word); };
    if (mixed && fact("attention")) add(fact("attention").show(), true);
    if (fact("cross_attention").truth()) add("cross-attention", false);
    if (out.empty()) out = "no mixer";
    designs[mixed] = out + (fact("ffn_kind") ? " + " + fact("ffn_kind").show() : "");
  }
}

bool Part::mixes_attention() const {
  const Fact* f = fact("attention");
  return f && f->values.size() > 1;
}

const Fact* Part::fact(std::string_view id) const {
  const auto it = facts.find(id);
  return it == facts.end() ? nullptr : &it->second;
}

void Part::work_out(const RoleParts& parts) {
  for (Class& c : classes) c.work_out();
  for (const auto& [path, numbers] : stacks)
    for (const std::uint64_t number : numbers)
      for (const Class& c : classes)
        if (c.stack == path && c.number == number) sequence.push_back(c.design(true));
  for (const auto& [key, r] : top) roles.try_emplace(key, &r);
  for (const Class& c : classes)
    for (const auto& [key, r] : c.roles) roles.try_emplace(key, &r);
  for (const auto& [key, r] : roles) add_plain(plain_roles, key, parts);
}

namespace {

// Values of the whole fingerprint that rules may ask for like facts: table "measure".
void add_measures(const ms::Call& call, ms::Node fingerprint, Part& to) {
  for (ms::Node rule : call.rules("measure").items()) {
    ms::Node value = fingerprint;
    std::string_view path = rule["from"].str();
    for (std::size_t dot; value && !path.empty(); path.remove_prefix(std::min(dot, path.size() - 1) + 1)) {
      dot = path.find('.');
      value = value[path.substr(0, dot)];
    }
    std::string from(rule["from"].str());
    if (rule["match"]) {
      const ms::Node found = call.rule(rule["match"].str(), value.str());
      from += " by " + std::string(found["at"].str());
      value = found["label"];
    }
    if (const Scalar v = Scalar::of(value)) to.facts[std::string(rule["id"].str())] = {{v}, from};
  }
}

}  // namespace

Anatomy::Anatomy(const ms::Call& call, ms::Node fingerprint) : complete(fingerprint["complete"].boolean(true)) {
  for (ms::Node p : fingerprint["structure"].items()) {
    Part& part = parts.emplace_back();
    part.name = p["component"].str();
    part.assumed = p["assumed"].boolean();
    assumed = assumed || part.assumed;
    part.guessed = p["guessed"].boolean();
    guessed = guessed || part.guessed;
    part.top = roles_of(p["top"]);
    parameters += elements(part.top);
    for (auto [name, value] : p["values"].members()) part.values[std::string(name)] = value.i64();
    for (auto [path, sequence] : p["stacks"].members())
      for (ms::Node number : sequence.items()) part.stacks[std::string(path)].push_back(number.u64());
    for (ms::Node c : p["classes"].items()) {
      Class& k = part.classes.emplace_back();
      k.stack = c["stack"].str();
      k.name = c["name"].str();
      k.number = c["number"].u64();
      k.layers = c["layers"].u64();
      for (auto [id, value] : c["facts"].members()) k.facts[std::string(id)] = Scalar::of(value);
      k.roles = roles_of(c["roles"]);
      parameters += elements(k.roles) * static_cast<double>(k.layers);
      if (k.fact("draft_layer").truth()) part.classes.pop_back();
    }
  }
  for (ms::Node p : fingerprint["architecture"].items()) {
    const std::string_view name = p["component"].str();
    const auto part = std::find_if(parts.begin(), parts.end(), [&](const Part& q) { return q.name == name; });
    if (part == parts.end()) continue;
    for (auto [id, fact] : p["facts"].members()) {
      Fact& f = part->facts[std::string(id)];
      f.from = fact["from"].str();
      if (fact["value"].is_array()) for (ms::Node v : fact["value"].items()) f.values.push_back(Scalar::of(v));
      else f.values.push_back(Scalar::of(fact["value"]));
    }
  }
  for (ms::Node problem : fingerprint["problems"].items()) {
    if (problem["level"].str() != "error" || ++errors > 1) continue;
    first_error = std::string(problem["subject"].str());
    first_error += (first_error.empty() ? "" : ": ") + std::string(problem["text"].str());
  }
  for (auto [name, c] : fingerprint["components"].members()) {
    Anatomy part(call, c);
    if (!c["component"]["joined"].boolean()) parameters += part.parameters;  // else its tensors are the model's own, and compared there
    if (c["component"]["towers"].boolean()) {
      for (Part& p : part.parts) {
        const auto own = std::find_if(parts.begin(), parts.end(), [&](const Part& q) { return q.name == p.name; });
        if (own == parts.end()) parts.push_back(std::move(p));
        else own->top.merge(p.top);  // a projector is no tower's
      }
    } else if (!c["component"]["joined"].boolean()) {
      components.push_back({std::string(name), !c["settings"], c["settings"]});
    }
    if (part.complete) continue;
    complete = false;
    if (errors == 0) first_error = std::string(name) + ": " + part.first_error;
    errors += part.errors;
  }
  const auto is_model = [](const Part& p) { return p.name == "model" || p.name == "encoder" || p.name == "decoder"; };
  const bool beside = std::any_of(parts.begin(), parts.end(), [&](const Part& p) { return is_model(p) && !p.classes.empty(); });
  for (Part& p : parts) p.tower = beside && !is_model(p);         // CLIP is its two towers
  complete = complete && !guessed;
  if (!parts.empty()) add_measures(call, fingerprint, parts.front());
  for (auto [name, entry] : fingerprint["static_weight_signature"].members()) by_family = by_family || entry["by_family"].boolean();
  adapts = fingerprint["adapter"];
  if (adapts.is_object()) adapter = adapts["base"].str("a model it does not name");
}

const Part* Anatomy::part(std::string_view name) const {
  for (const Part& p : parts)
    if (p.name == name) return &p;
  return nullptr;
}

std::string Anatomy::missing(std::string_view side) const {
  if (guessed && errors == 0)
    return "no tensor of model " + std::string(side) + " is known: only its configuration was read, and no family file serves it";
  std::string text = "model " + std::string(side) + " is incomplete";
  if (errors > 0) text += ": " + first_error;
  if (errors > 1) text += " (and " + std::to_string(errors - 1) + " more)";
  return text;
}
