#include "state_dict.hpp"

#include <unordered_map>

#include "failure.hpp"

namespace pytorch {
namespace {

constexpr int MAX_DEPTH = 64;
constexpr std::size_t MAX_NAME = 2048;

// Every container is walked once: it may be shared a thousand times, or hold itself.
class Walk {
 public:
  explicit Walk(const Pool& pool) : pool_(pool), seen_(pool.items.size()) {}

  void add(Id id, const std::string& name, StateDict& out, int depth = 0) {
    const Value& value = pool_[id];
    if (value.kind == Kind::TENSOR) return take(name, pool_.tensors[value.index], out);
    const bool dict = value.kind == Kind::DICT;
    if (!dict && value.kind != Kind::LIST && value.kind != Kind::TUPLE) return;
    if (seen_[value.index]) return;
    seen_[value.index] = true;
    if (depth == MAX_DEPTH) throw Failure("dictionaries are nested deeper than " + std::to_string(MAX_DEPTH) + " levels");
    const auto& items = pool_.items[value.index];
    for (std::size_t i = 0; i < items.size(); i += dict ? 2 : 1) {
      std::string key = std::to_string(i);
      if (dict && pool_[items[i]].kind == Kind::TEXT) key = pool_[items[i]].text;
      else if (dict && pool_[items[i]].kind == Kind::INTEGER) key = std::to_string(pool_[items[i]].integer);
      else if (dict) continue;
      add(items[dict ? i + 1 : i], name.empty() ? key : name + "." + key, out, depth + 1);
    }
  }

 private:
  void take(const std::string& name, const Tensor& tensor, StateDict& out) {
    if (name.size() > MAX_NAME) throw Failure("a tensor's name is " + std::to_string(name.size()) + " bytes long, the limit is " + std::to_string(MAX_NAME));
    const auto [it, fresh] = places_.emplace(name, out.tensors.size());
    if (fresh) out.tensors.push_back({name, &tensor});
    else out.tensors[it->second].tensor = &tensor;
  }

  const Pool& pool_;
  std::vector<bool> seen_;
  std::unordered_map<std::string, std::size_t> places_;
};

StateDict under(const Pool& pool, Id id, const std::string& name = {}) {
  StateDict out;
  Walk(pool).add(id, name, out);
  return out;
}

// The value of that key, the last one if there are several; nothing if it is no dictionary.
const Id* member(const Pool& pool, Id dict, std::string_view key) {
  const auto& items = pool.items_of(dict);
  for (std::size_t i = items.size(); i >= 2; i -= 2)
    if (pool[items[i - 2]].kind == Kind::TEXT && pool[items[i - 2]].text == key) return pool[items[i - 1]].kind == Kind::DICT ? &items[i - 1] : nullptr;
  return nullptr;
}

}  // namespace

StateDict find_state(const Pool& pool, Id root, std::span<const std::string> entries) {
  if (pool[root].kind == Kind::TENSOR) return under(pool, root, "tensor");
  StateDict all = under(pool, root);
  if (all.tensors.empty()) throw Failure("holds no tensor that can be reached through dictionaries and lists");
  if (pool[root].kind != Kind::DICT) return all;
  const auto& items = pool.items_of(root);
  for (std::size_t i = 1; i < items.size(); i += 2)
    if (pool[items[i]].kind == Kind::TENSOR) return all;  // a plain state dict
  for (const std::string& entry : entries) {
    const Id* chosen = member(pool, root, entry);
    if (!chosen) continue;
    StateDict out = under(pool, *chosen);
    if (out.tensors.empty()) continue;
    std::unordered_map<std::string, std::size_t> others;
    for (const NamedTensor& t : all.tensors)
      if (const std::string key = t.name.substr(0, t.name.find('.')); key != entry && others.emplace(key, out.left_out.size()).second) out.left_out.push_back({key, 1});
      else if (key != entry) ++out.left_out[others[key]].tensors;
    return out;
  }
  return all;
}

}  // namespace pytorch
