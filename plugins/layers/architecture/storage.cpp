#include <algorithm>

#include "component.hpp"

namespace {

struct Stored { std::string dtype; bool transposed = false; };

}  // namespace

void add_storage(const ms::Call& call, const ms::Model& model, std::vector<Component>& components) {
  std::map<std::string, Stored, std::less<>> by_label;   // "vision/attn.q.bias"
  std::map<std::string, std::map<std::string, double>> elements;  // part -> dtype
  for (std::size_t g = 0; g < model.groups(); ++g) {
    const ms::Node group = model.group(g);
    const ms::Node role = group["labels"]["role"];
    const std::string label(role["value"].str());
    if (label.empty()) continue;
    const ms::Tensor t = model.tensor(group["first"].u64());
    if (t.flags & (MS_TENSOR_COMPANION | MS_TENSOR_CONSTANT)) continue;
    const std::size_t slash = label.rfind('/');
    const std::string part = slash == label.npos ? "" : label.substr(0, slash);
    by_label.try_emplace(label, Stored{std::string(t.dtype), (t.flags & MS_TENSOR_TRANSPOSED) != 0});
    if (t.shape.size() < 2) continue;
    double n = static_cast<double>(group["count"].u64());
    for (std::uint64_t d : t.shape) n *= static_cast<double>(d);
    elements[part][std::string(t.dtype)] += n;
  }
  const auto find = [&](const std::string& label) {
    const auto it = by_label.find(label);
    return it != by_label.end() ? it : by_label.find(label + ".weight");
  };
  // "attn.q.bias" is in "attn.qkv.bias" where an exporter stores q, k and v as one.
  const auto find_whole = [&](const std::string& before, Role& r) {
    for (ms::Node rule : call.rules("role_parts").items())
      for (ms::Node part : rule["parts"].items()) {
        if (part.str() != r.name) continue;
        const auto it = find(before + std::string(rule["id"].str()) + (r.suffix.empty() ? "" : "." + r.suffix));
        if (it == by_label.end()) continue;
        r.fused = rule["id"].str();
        return it;
      }
    return by_label.end();
  };
  for (Component& c : components) {
    const auto& dtypes = elements[c.part];
    const auto most = std::max_element(dtypes.begin(), dtypes.end(), [](const auto& a, const auto& b) { return a.second < b.second; });
    if (most != dtypes.end()) c.stored_dtype = most->first;
    const auto fill = [&](std::vector<Role>& roles) {
      for (Role& r : roles) {
        const std::string before = c.part.empty() ? "" : c.part + "/";
        auto it = find(before + r.key());
        if (it == by_label.end()) it = find_whole(before, r);
        if (it != by_label.end()) r.dtype = it->second.dtype, r.transposed = it->second.transposed;
      }
    };
    fill(c.top);
    for (Stack& s : c.stacks)
      for (LayerClass& k : s.classes) fill(k.roles);
  }
}
