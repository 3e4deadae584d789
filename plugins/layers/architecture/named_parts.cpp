#include "named_parts.hpp"

#include <algorithm>
#include <charconv>

namespace {

struct Place { std::string stack; std::uint64_t layer = 0; bool inside = false; };

// "model.layers.3.mlp.experts.7.w1.weight" -> stack "model.layers", layer 3; what "merger.mlp.0.weight" numbers are no layers
Place place_of(std::string_view name) {
  for (std::size_t at = 0; at < name.size();) {
    const std::size_t end = std::min(name.find('.', at), name.size());
    const std::string_view word = name.substr(at, end - at);
    std::uint64_t n = 0;
    const auto [stop, error] = std::from_chars(word.data(), word.data() + word.size(), n);
    if (!word.empty() && error == std::errc() && stop == word.data() + word.size()) {
      if (name.find('.', end + 1) == name.npos) return {};
      return {std::string(name.substr(0, at ? at - 1 : 0)), n, true};
    }
    at = end + 1;
  }
  return {};
}

// "down_blocks.N.resnets.N.conv1.weight" -> "=resnets.N.conv1": without what says where
std::string name_as_role(std::string_view abstract) {
  const std::size_t n = abstract.find(".N.");
  if (n != abstract.npos) abstract.remove_prefix(n + 3);
  const std::size_t dot = abstract.rfind('.');
  return "=" + std::string(dot == abstract.npos ? abstract : abstract.substr(0, dot));
}

// What a quantised file stores in place of a tensor: rule table "stored_form".
class StoredForms {
 public:
  StoredForms(const ms::Call& call, const ms::Model& model) : call_(call), config_(model.part("config")), side_(model.part("hf_quant_config")) {}

  ms::Node form(std::string_view abstract, const ms::Tensor& t) const {
    const ms::Node rule = call_.rule("stored_form", abstract);
    return rule && (!rule["when"] || value(rule["when"], rule, t).boolean()) ? rule : ms::Node();
  }
  // Empty where the configuration does not say enough: no size is better than a wrong one.
  std::vector<std::uint64_t> shape(ms::Node rule, const ms::Tensor& t) const {
    std::vector<std::uint64_t> out;
    for (ms::Node axis : rule["shape"].items()) {
      const ms::Node n = value(axis, rule, t);
      if (!n.is_integer() || n.i64() < 0) return {};
      out.push_back(n.u64());
    }
    return out;
  }

 private:
  ms::Node value(ms::Node text, ms::Node rule, const ms::Tensor& t) const {
    try {
      return call_.evaluate(call_.expression(text.str(), rule["at"].str()), [&](std::string_view name, ms::Writer& to) {
        if (name == "stored") return to.list(std::vector<std::uint64_t>(t.shape.begin(), t.shape.end()));
        if (name == "dtype") return to.value(t.dtype);
        const bool ours = name.starts_with("config.");
        ms::Node at = ours ? config_ : side_;
        for (name = name.substr(name.find('.') + 1); at && !name.empty();) {
          const std::size_t dot = std::min(name.find('.'), name.size());
          at = at[name.substr(0, dot)];
          name.remove_prefix(std::min(dot + 1, name.size()));
        }
        if (at && !at.is_null()) to.value(at);
      });
    } catch (const ms::Told&) {  // a configuration without the number, or with a text in its place
      return {};
    }
  }
  const ms::Call& call_;
  const ms::Node config_, side_;
};

std::string suffix_of(std::string_view name) {
  const std::string_view last = name.substr(name.rfind('.') + 1);
  return last == "weight" || name.find('.') == name.npos ? "" : std::string(last);
}

// One role may name modules of two shapes; the second then goes by its own name.
void add(Role r, std::string_view abstract, NamedPart::Roles& into) {
  const std::string suffix = r.suffix;
  for (;;) {
    const auto [it, fresh] = into.try_emplace(r.key(), r);
    if (fresh) return;
    if (it->second.shape == r.shape) {
      ++it->second.count;
      return;
    }
    r.name = r.name[0] == '=' ? r.name + "'" : name_as_role(abstract);
  }
}

// OPT's layers lie in a "decoder" that has no encoder, ViT's in a "vit" that sees for no one: such a part is the model itself.
void adopt_the_only_part(std::map<std::string, NamedPart>& parts, const ms::Call& call, const ms::Model& model) {
  if (!parts[""].stacks.empty()) return;
  std::string only;
  for (const auto& [name, part] : parts) {
    if (part.stacks.empty()) continue;
    if (!only.empty() || !part.tower) return;
    only = name;
  }
  for (ms::Node rule : call.rules("config_part").items())
    if (rule["part"].str() == only && model.part("config")[rule["name"].str()]) return;
  if (only.empty()) return;
  NamedPart own = std::move(parts[only]);
  parts.erase(only);
  parts[""].top.merge(own.top);
  parts[""].stacks = std::move(own.stacks);
}

}  // namespace

std::map<std::string, NamedPart> named_parts(const ms::Call& call, const ms::Model& model) {
  std::map<std::string, NamedPart> parts;
  parts[""];
  const StoredForms forms(call, model);
  for (std::size_t i = 0; i < model.tensors(); ++i) {
    const ms::Tensor t = model.tensor(i);
    if (t.flags & (MS_TENSOR_COMPANION | MS_TENSOR_CONSTANT)) continue;
    const ms::Node group = model.group(t.group);
    const std::string_view abstract = group["name"].str();
    const ms::Node form = forms.form(abstract, t);
    if (form["companion"].str() == "true") continue;
    const std::string_view tower = t.component.empty() ? call.rule("tower", abstract)["label"].str() : t.component;
    NamedPart& part = parts[std::string(tower)];
    part.tower = t.component.empty();
    const Place place = place_of(t.known_as);
    Role r;
    r.name = group["labels"]["role"]["value"].str();
    if (r.name.empty()) r.name = name_as_role(abstract);
    if (form) r.shape = forms.shape(form, t);
    else r.suffix = suffix_of(t.known_as), r.shape.assign(t.shape.begin(), t.shape.end());
    r.example = t.name;
    add(std::move(r), abstract, place.inside ? part.stacks[place.stack][place.layer] : part.top);
  }
  adopt_the_only_part(parts, call, model);
  return parts;
}
