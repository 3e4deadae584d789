#include "facts.hpp"

#include <algorithm>
#include <set>

namespace {

// What the names of an expression mean here, and where the values came from.
class Scope {
 public:
  Scope(const Component& part, const LayerClass* layer) : part_(part), layer_(layer) {
    const auto add = [&](const std::vector<Role>& roles) {
      for (const Role& r : roles) {
        by_key_.try_emplace(r.key(), &r);
        by_key_.try_emplace(r.name, &r);
        groups_.insert(r.name.substr(0, r.name.find('.')));
      }
    };
    if (layer) add(layer->roles);
    add(part.top);
  }

  void set(const std::string& id, const FactValue& value) { facts_[id] = value; }

  void look_up(std::string_view name, ms::Writer& out) {
    if (const auto rest = after(name, "role.")) return role(*rest, out);
    if (const auto rest = after(name, "kind.")) {
      const auto it = by_key_.find(*rest);
      if (it == by_key_.end() || it->second->kind.empty()) return;
      say("tensors of " + it->second->name);
      return out.value(it->second->kind);
    }
    if (const auto rest = after(name, "shape.")) {
      const auto it = by_key_.find(*rest);
      if (it == by_key_.end()) return;
      say("shape of " + it->second->name);
      return out.list(it->second->shape);
    }
    if (const auto rest = after(name, "fact.")) {
      const auto it = facts_.find(*rest);
      if (it != facts_.end() && it->second) it->second.write(out);
      return;
    }
    if (const auto rest = after(name, "config.")) return config(*rest, out);
    if (name == "stored.dtype" && !part_.stored_dtype.empty()) {
      say("dtypes of the tensors");
      return out.value(part_.stored_dtype);
    }
    if (name == "part") return out.value(part_.part);
    if (layer_ && name == "attention" && !layer_->attention.empty()) {
      say("config key layer_types");
      return out.value(layer_->attention);
    }
    if (layer_) {
      if (const ms::Node v = layer_->values[name]) {
        say("family value " + std::string(name));
        return out.value(v);
      }
    }
    if (const ms::Node v = part_.values[name]) {
      say(std::string(v["from"].str()));
      out.value(v["value"]);
    }
  }

  std::string sources() {
    std::string out;
    for (const std::string& s : said_) (out += out.empty() ? "" : ", ") += s;
    said_.clear();
    return out;
  }

 private:
  static std::optional<std::string_view> after(std::string_view name, std::string_view prefix) {
    if (!name.starts_with(prefix)) return std::nullopt;
    return name.substr(prefix.size());
  }
  void say(std::string text) {
    if (const auto key = after(text, "config key "))
      if (const ms::Node origin = part_.origins[*key]) text = origin.str();
    if (!text.empty() && std::find(said_.begin(), said_.end(), text) == said_.end()) said_.push_back(std::move(text));
  }

  void role(std::string_view key, ms::Writer& out) {
    const bool there = key.find('.') == key.npos ? groups_.contains(key) : by_key_.contains(key);
    if (there) say("tensors of " + std::string(key));
    out.value(there);
  }

  static ms::Node walk(ms::Node at, std::string_view path) {
    if (const ms::Node whole = at[path]) return whole;
    while (at) {
      const std::size_t dot = path.find('.');
      at = at[path.substr(0, dot)];
      if (dot == path.npos) break;
      path.remove_prefix(dot + 1);
    }
    return at;
  }
  void config(std::string_view path, ms::Writer& out) {
    if (const ms::Node v = walk(part_.config, path)) {
      if (v.is_null()) return;
      say("config key " + std::string(path));
      return out.value(v);
    }
    if (const ms::Node v = walk(part_.defaults, path); v && !v.is_null()) {
      say("default of " + std::string(path));
      out.value(v);
    }
  }

  const Component& part_;
  const LayerClass* layer_;
  std::map<std::string, const Role*, std::less<>> by_key_;
  std::set<std::string, std::less<>> groups_;
  std::map<std::string, FactValue, std::less<>> facts_;
  std::vector<std::string> said_;
};

}  // namespace

FactRules::FactRules(const ms::Call& call) {
  for (ms::Node node : call.rules("fact").items()) {
    Rule& rule = rules_.emplace_back();
    rule.id = node["id"].str();
    rule.group = node["group"].str();
    rule.at = node["at"].str();
    const std::string_view at = node["at"].str();
    if (node["when"]) rule.when = call.expression(node["when"].str(), at);
    for (ms::Node text : node["from"].items()) rule.from.emplace_back(call.expression(text.str(), at), text.str());
  }
}

std::vector<std::pair<const FactRules::Rule*, Fact>> FactRules::ask(const ms::Call& call, const Component& part, const LayerClass* layer) const {
  std::vector<std::pair<const Rule*, Fact>> out;
  Scope scope(part, layer);
  const Rule* asked = nullptr;
  const auto value_of = [&](const ms_expression* e) {
    try {
      return FactValue::of(call.evaluate(e, [&](std::string_view name, ms::Writer& to) { scope.look_up(name, to); }));
    } catch (const ms::Told&) {  // a division by a config's 0, a list where a number belongs
      call.problem(MS_WARN, asked->id, "this fact cannot be computed from this configuration (" + asked->at + ")");
      return FactValue();
    }
  };
  for (const Rule& rule : rules_) {
    asked = &rule;
    if (rule.when && !value_of(rule.when).truth()) {
      scope.sources();
      continue;
    }
    scope.sources();
    for (const auto& [expression, text] : rule.from) {
      Fact fact{value_of(expression), {}};
      fact.from = scope.sources();
      if (!fact.value) continue;
      scope.set(rule.id, fact.value);
      out.emplace_back(&rule, std::move(fact));
      break;
    }
  }
  return out;
}
