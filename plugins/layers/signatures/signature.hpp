// What goes in and out of modules, and under which names they run.
#pragma once
#include <modelsig/plugin.hpp>

#include <cstdint>
#include <deque>
#include <string>
#include <unordered_map>
#include <vector>

struct End {
  static constexpr std::uint64_t kUnknown = UINT64_MAX;  // in shape: an axis whose size nothing says
  std::string dtype;                  // empty: the model's own
  std::vector<std::string> axes;      // symbolic
  std::vector<std::uint64_t> shape;
  std::size_t rows = 0;               // how many leading axes count tokens
};

struct Field { std::string name; End end; };

struct Signature {
  std::string type, role, kind, prefix;  // prefix: what the family's class names begin with
  std::vector<End> input, output;
  std::vector<Field> fields;          // named members of what it returns
  bool borrows = false, assumed = false, block = false;
};

struct Variant { const Signature* signature; std::uint64_t count; std::string example; };  // example: a name it has unfolded
struct NamedSignatures {
  std::string name;
  std::vector<Variant> variants;      // folded names may have several; else one
};

class SignatureList {
 public:
  const Signature* keep(Signature s) { return &kept_.emplace_back(std::move(s)); }
  void add(std::string name, const Signature* s, std::uint64_t count = 1, std::string example = {}) {
    const auto [it, fresh] = ids_.try_emplace(std::move(name), list_.size());
    if (fresh) list_.push_back({it->first, {}});
    list_[it->second].variants.push_back({s, count, std::move(example)});
  }
  bool contains(const std::string& name) const { return ids_.contains(name); }
  void add_others(const SignatureList& from) {  // what this list has no name for
    for (const NamedSignatures& n : from.list_) {
      if (contains(n.name)) continue;
      for (const Variant& v : n.variants) add(n.name, keep(*v.signature), v.count, v.example), modules += v.count;
    }
  }
  const std::vector<NamedSignatures>& items() const { return list_; }
  std::uint64_t modules = 0;          // unfolded, without blocks
  End sequence{{}, {"batch", "seq"}, {1, 8}, 2};  // the leading axes of what goes into the model

 private:
  std::deque<Signature> kept_;
  std::unordered_map<std::string, std::size_t> ids_;
  std::vector<NamedSignatures> list_;
};

// the part of a role behind its tower: vision/attn.q -> attn.q
inline std::string_view plain_role(std::string_view role) { return role.substr(role.rfind('/') + 1); }

inline bool is_number(std::string_view word) {
  if (word == "N") return true;
  for (const char c : word)
    if (c < '0' || c > '9') return false;
  return !word.empty();
}
