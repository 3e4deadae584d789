// What one layer is built from: the part of a name behind its first index, where a submodule rule knows it.
// "part" (attention, ffn, norm) is set where the module itself, the last but one word, is that submodule;
// comparators ask whether two models have the same parts.
#pragma once
#include <modelsig/plugin.hpp>

#include <set>
#include <string>

#include "dtype.hpp"

class Template {
 public:
  explicit Template(ms::Node options) : assumed_(options["assumed"].boolean()) {}

  void run(ms::Call& call, ms::Model model, ms::Node so_far, ms::Writer& out) {
    auto members = out.object();
    auto signature = out.object("template_signature");
    if (so_far["source"].str() == "error") return;
    std::set<std::string_view> seen;
    for (std::size_t i = 0; i < model.groups(); ++i) {
      const ms::Node group = model.group(i);
      const std::string_view suffix = behind_first_index(group["name"].str());
      if (suffix.empty() || !known(group) || !seen.insert(suffix).second) continue;
      const ms::Tensor first = model.tensor(group["first"].u64());
      auto entry = out.object(suffix);
      out.list("shape", first.shape);
      out.member("dtype", dtype_name(call, first.dtype));
      write_part(call, suffix, out);
    }
    if (assumed_ && model.groups() == 0) assumed(call, so_far["static_weight_signature"], seen, out);
  }

 private:
  static void assumed(const ms::Call& call, const ms::Node& signature, std::set<std::string_view>& seen, ms::Writer& out) {
    for (auto [name, weight] : signature.members()) {
      const std::string_view suffix = behind_first_index(name);
      if (suffix.empty() || !call.rule("submodule", name) || !seen.insert(suffix).second) continue;
      auto entry = out.object(suffix);
      out.member("shape", weight["representative_shape"]);
      out.member("dtype", weight["dtype"]);
      write_part(call, suffix, out);
    }
  }
  static void write_part(const ms::Call& call, std::string_view suffix, ms::Writer& out) {
    if (const std::string_view part = part_of(call, module_of(suffix)); !part.empty()) out.member("part", part);
  }
  static std::string_view behind_first_index(std::string_view name) {
    const std::size_t index = name.find(".N.");
    return index == name.npos ? std::string_view() : name.substr(index + 3);
  }
  static bool known(const ms::Node& group) { return static_cast<bool>(group["labels"]["submodule"]); }
  static std::string_view module_of(std::string_view suffix) {
    const std::size_t end = suffix.rfind('.');
    if (end == suffix.npos) return suffix;
    const std::size_t start = end == 0 ? end : suffix.rfind('.', end - 1);
    return suffix.substr(start == suffix.npos || end == 0 ? 0 : start + 1, end - (start == suffix.npos || end == 0 ? 0 : start + 1));
  }
  static std::string_view part_of(const ms::Call& call, std::string_view module) {
    for (ms::Node rule : call.rules("submodule").items()) {
      if (rule["id"].str() == module) return rule["part"].str();
    }
    return {};
  }

  bool assumed_;
};
