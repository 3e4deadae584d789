// The words a role may be made of: group, group.name; and which tensor suffix goes without saying. Data (roles.toml).
#pragma once
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "core/value/toml_file.hpp"

namespace modelsig::families {

class RoleVocabulary {
 public:
  struct Split { std::string_view role, suffix; };  // of the text given

  void read(const TomlFile& file);  // adds to what is known; throws Error
  // "attn.q" -> {"attn.q", ""}; "attn.q.bias" -> {"attn.q", "bias"}; an unknown role -> {"", ""}
  Split split(std::string_view text) const;
  bool unsaid(std::string_view suffix) const { return suffix == unsaid_; }  // "weight"
  const std::vector<std::string>& parts(std::string_view fused) const;      // attn.qkv -> attn.q, attn.k, attn.v; empty if not fused
  const std::vector<std::string>& all() const { return all_; }              // in file order

 private:
  std::unordered_map<std::string, bool> known_;  // bare groups and group.name
  std::unordered_map<std::string, std::vector<std::string>> parts_;
  std::vector<std::string> all_;
  std::string unsaid_;
};

}  // namespace modelsig::families
