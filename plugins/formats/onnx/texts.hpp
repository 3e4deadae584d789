// Names of a graph, each kept once: nodes refer to values by name, many times over.
#pragma once
#include <cstdint>
#include <deque>
#include <string>
#include <string_view>
#include <unordered_map>

namespace onnx {

using Text = std::uint32_t;  // 0: empty

class Texts {
 public:
  Texts() { id(""); }
  Text id(std::string_view text) {
    const auto it = ids_.find(text);
    if (it != ids_.end()) return it->second;
    const std::string& kept = all_.emplace_back(text);
    return ids_[kept] = static_cast<Text>(all_.size() - 1);
  }
  std::string_view operator[](Text id) const { return all_[id]; }

 private:
  std::deque<std::string> all_;
  std::unordered_map<std::string_view, Text> ids_;
};

}  // namespace onnx
