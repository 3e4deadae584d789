// modelsig/kit/config_fields.hpp - a model's config.json under canonical field names, as rule data says:
//   [[config_section]] name              a nested object whose fields count where the top level lacks them; dots
//                                        reach further in: "thinker_config.text_config"
//   [[config_alias]]   from, to          another spelling, used where the canonical name is absent
// A field that is there but null hides its other spellings: the author said "none".
#pragma once
#include <string_view>
#include <utility>
#include <vector>

#include "../model.hpp"

namespace ms::kit {

class ConfigFields {
 public:
  ConfigFields(const Call& call, Node config) : config_(config) {
    if (!config_.is_object()) return;
    for (Node rule : call.rules("config_section").items()) {
      if (Node section = within(config_, rule["name"].str()); section.is_object()) sections_.push_back(section);
    }
    for (Node rule : call.rules("config_alias").items()) {
      const std::string_view to = rule["to"].str();
      if ((*this)[to]) continue;
      if (Node value = (*this)[rule["from"].str()]) aliases_.emplace_back(to, value);
    }
  }

  Node operator[](std::string_view field) const {
    if (!config_.is_object()) return {};
    if (Node value = config_[field]) return value;
    for (const Node& section : sections_) if (Node value = section[field]) return value;
    for (const auto& [name, value] : aliases_) if (name == field) return value;
    return {};
  }

  Node either(std::string_view name, std::string_view other) const { const Node value = (*this)[name]; return value ? value : (*this)[other]; }

  // The first of several spellings that is set, else the last as found: [[table]] name.
  Node first_set(const Call& call, std::string_view table) const;

 private:
  static Node within(Node object, std::string_view path) {
    for (std::size_t dot = path.find('.'); dot != path.npos && !object[path]; dot = path.find('.')) {
      object = object[path.substr(0, dot)];
      path.remove_prefix(dot + 1);
    }
    return object[path];
  }

  Node config_;
  std::vector<Node> sections_;
  std::vector<std::pair<std::string_view, Node>> aliases_;
};

}  // namespace ms::kit

#include "truth.hpp"

inline ms::Node ms::kit::ConfigFields::first_set(const Call& call, std::string_view table) const {
  Node value;
  for (Node rule : call.rules(table).items()) {
    value = (*this)[rule["name"].str()];
    if (truthy(value)) return value;
  }
  return value;
}
