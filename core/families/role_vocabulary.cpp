#include "core/families/role_vocabulary.hpp"

#include "core/families/lexer.hpp"

namespace modelsig::families {

void RoleVocabulary::read(const TomlFile& file) {
  for (const Member& section : file.root().members()) {
    if (section.key == "roles") {
      for (const Member& group : section.value.members()) {
        if (!group.value.is(Kind::array)) file.fail(group.value, "a group of roles is a list of names");
        known_[std::string(group.key)] = true;
        for (const Value& name : group.value.items()) {
          const std::string role = std::string(group.key) + "." + std::string(name.str());
          if (known_.emplace(role, true).second) all_.push_back(role);
        }
      }
    } else if (section.key == "parts") {
      for (const Member& fused : section.value.members()) {
        auto& parts = parts_[std::string(fused.key)];
        parts.clear();
        for (const Value& part : fused.value.items()) {
          if (!known_.contains(std::string(part.str()))) file.fail(part, in_quotes(part.str()) + " is no role of this file");
          parts.emplace_back(part.str());
        }
        if (!known_.contains(std::string(fused.key))) file.fail_key(fused.value, in_quotes(fused.key) + " is no role of this file");
      }
    } else if (section.key == "unsaid") {
      unsaid_ = section.value.str();
    } else file.fail_key(section.value, "a roles file has unsaid, [roles] and [parts], not [" + std::string(section.key) + "]");
  }
}

RoleVocabulary::Split RoleVocabulary::split(std::string_view text) const {
  if (known_.contains(std::string(text))) return {text, {}};
  const std::size_t dot = text.rfind('.');
  // a bare group has no suffix: "attn.bias" would be a name, and no such name is known
  if (dot == std::string_view::npos || text.find('.') == dot || !known_.contains(std::string(text.substr(0, dot)))) return {};
  return {text.substr(0, dot), text.substr(dot + 1)};
}

const std::vector<std::string>& RoleVocabulary::parts(std::string_view fused) const {
  static const std::vector<std::string> none;
  const auto it = parts_.find(std::string(fused));
  return it == parts_.end() ? none : it->second;
}

}  // namespace modelsig::families
