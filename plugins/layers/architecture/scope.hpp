// What the names of an expression mean for a part of a model, or for one class of its layers, and where the values came from.
#pragma once
#include <algorithm>
#include <map>
#include <optional>
#include <set>

#include "facts.hpp"

class Scope {
 public:
  Scope(const Component& part, const Stack* stack, const LayerClass* layer) : part_(part), stack_(stack), layer_(layer) {
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

  void set(const std::string& id, const Fact& fact) { facts_[id] = fact; }

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
    if (const auto rest = after(name, "count.")) {
      const auto it = by_key_.find(*rest);
      if (it == by_key_.end()) return;
      say("tensors of " + it->second->name);
      return out.value(it->second->count);
    }
    if (const auto rest = after(name, "fact.")) {
      const auto it = facts_.find(*rest);
      if (it == facts_.end() || !it->second.value) return;
      add(said_, it->second.from);
      config_only_ = config_only_ && !it->second.assumed;
      return it->second.value.write(out);
    }
    if (const auto rest = after(name, "borrowed.")) {
      const auto it = by_key_.find(*rest);
      if (it == by_key_.end()) return;
      say("tensors of " + it->second->name);
      return out.value(it->second->borrowed);
    }
    if (const auto rest = after(name, "config.")) return config(*rest, part_.config, part_.defaults, out);
    if (const auto rest = after(name, "root.")) return root(*rest, out);
    if (name == "stack.layers") {
      if (!stack_) return;
      say("layers of " + stack_->path);
      return out.value(stack_->sequence.size());
    }
    if (const auto rest = after(name, "stack.having.")) return layers_with(*rest, false, out);
    if (const auto rest = after(name, "stack.before.")) return layers_with(*rest, true, out);
    if (const auto rest = after(name, "stored.role.")) {  // a tensor of it is in the files
      const auto it = by_key_.find(*rest);
      return out.value(it != by_key_.end() && !it->second->dtype.empty());
    }
    if (name == "stored.dtype" && !part_.stored_dtype.empty()) {
      say("dtypes of the tensors");
      return out.value(part_.stored_dtype);
    }
    if (const auto rest = after(name, "beside.")) {
      const bool there = std::find(part_.beside.begin(), part_.beside.end(), *rest) != part_.beside.end();
      if (there) say("tensors of " + std::string(*rest));
      return out.value(there);
    }
    if (name == "part") return out.value(part_.part);
    if (name == "assumed") return out.value(part_.family.empty());
    if (name == "guessed") return out.value(part_.guessed);
    if (layer_) {
      if (const ms::Node v = layer_->values[name]) {
        say((part_.family.empty() ? "usual keys: " : "family value ") + std::string(name));
        return out.value(v);
      }
    }
    if (const ms::Node v = part_.values[name]) {
      say(std::string(v["from"].str()));
      out.value(v["value"]);
    }
  }

  // What the value asked for last rests on; `missed` are roles that were looked for in vain.
  struct Sources { std::string text; bool config = false, defaults = false, config_only = true; };
  Sources sources() {
    Sources out{{}, config_, defaults_, config_only_};
    for (const std::string& s : said_.empty() ? missed_ : said_) (out.text += out.text.empty() ? "" : ", ") += s;
    said_.clear();
    missed_.clear();
    config_ = defaults_ = false;
    config_only_ = true;
    return out;
  }

 private:
  static std::optional<std::string_view> after(std::string_view name, std::string_view prefix) {
    if (!name.starts_with(prefix)) return std::nullopt;
    return name.substr(prefix.size());
  }
  void say(std::string text) {
    const auto key = after(text, "config key ");
    config_only_ = config_only_ && key;
    if (key)
      if (const ms::Node origin = part_.origins[*key]) text = origin.str();
    add(said_, std::move(text));
  }
  static void add(std::vector<std::string>& to, std::string text) {
    if (!text.empty() && std::find(to.begin(), to.end(), text) == to.end()) to.push_back(std::move(text));
  }

  void role(std::string_view key, ms::Writer& out) {
    const bool there = key.find('.') == key.npos ? groups_.contains(key) : by_key_.contains(key);
    if (there) say("tensors of " + std::string(key));
    else add(missed_, "no tensors of " + std::string(key));
    out.value(there);
  }

  // How many layers have the role, or lie before the first that has.
  void layers_with(std::string_view role, bool before, ms::Writer& out) {
    if (!stack_) return;
    const auto has = [&](std::size_t k) {
      const std::vector<Role>& roles = stack_->classes[k].roles;
      return std::any_of(roles.begin(), roles.end(), [&](const Role& r) { return r.name == role; });
    };
    const auto& layers = stack_->sequence;
    const auto first = std::find_if(layers.begin(), layers.end(), has);
    if (before && first == layers.end()) return;
    say("layers of " + stack_->path);
    out.value(static_cast<std::uint64_t>(before ? first - layers.begin() : std::count_if(first, layers.end(), has)));
  }

  // config.json, or the side file that the key's first word names: hf_quant_config.quantization.quant_algo
  void root(std::string_view path, ms::Writer& out) {
    const ms::Node whole = part_.model->part("config");
    const std::size_t dot = path.find('.');
    const ms::Node side = dot == path.npos || whole[path.substr(0, dot)] ? ms::Node() : part_.model->part(path.substr(0, dot));
    const ms::Node value = side ? walk(side, path.substr(dot + 1)) : walk(whole, path);
    if (!value || value.is_null()) return;
    say("config key " + std::string(path));
    config_ = true;
    out.value(value);
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
  void config(std::string_view path, ms::Node given, ms::Node defaults, ms::Writer& out) {
    if (const ms::Node v = walk(given, path)) {
      if (v.is_null()) return;
      say("config key " + std::string(path));
      config_ = true;
      return out.value(v);
    }
    if (const ms::Node v = walk(defaults, path); v && !v.is_null()) {
      say("default of " + std::string(path));
      defaults_ = true;
      out.value(v);
    }
  }

  const Component& part_;
  const Stack* stack_;
  const LayerClass* layer_;
  std::map<std::string, const Role*, std::less<>> by_key_;
  std::set<std::string, std::less<>> groups_;
  std::map<std::string, Fact, std::less<>> facts_;
  std::vector<std::string> said_, missed_;
  bool config_ = false, defaults_ = false;  // a key that the config gives, one that only its class fills in
  bool config_only_ = true;
};
