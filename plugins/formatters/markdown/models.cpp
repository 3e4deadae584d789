#include <algorithm>

#include "sections.hpp"

namespace {

// One column a model, in tables of a few: wider ones no longer fit a page.
constexpr std::size_t kColumns = 4;

using Cells = std::vector<std::pair<std::string, std::string>>;

Cells cells_of(const ms::Node& model) {
  Cells out;
  const auto add = [&](std::string_view name, const ms::Node& value) {
    if (const std::string text = known(value); !text.empty()) out.emplace_back(name, escaped(text));
  };
  add("complete", model["complete"]);
  for (auto [key, value] : model["arch_fingerprint"].members()) add(key, value);
  for (auto [key, value] : model["dimension_ratios"].members()) add(key, value);
  add("kv_cache_shape_pattern", model["kv_cache_shape_pattern"]);
  for (auto [key, value] : model["quant_path_signature"].members()) add(key, value);
  const ms::Node signature = model["static_weight_signature"];
  const bool assumed = signature.size() > 0 && signature.at(0)["assumed"].boolean();
  out.emplace_back("tensor names", std::to_string(signature.size()) + (assumed ? " (assumed)" : ""));
  out.emplace_back("operators", codes(model["op_types"]));
  out.emplace_back("layer types", codes(model["layer_types"]));
  add("source", model["source"]);
  for (auto [key, value] : model["provenance"].members()) if (!value.is_object() && !value.is_array()) add(key, value);
  return out;
}

std::string value_of(const Cells& cells, const std::string& name) {
  const auto found = std::find_if(cells.begin(), cells.end(), [&](const auto& cell) { return cell.first == name; });
  return found == cells.end() ? "" : found->second;
}

std::string side_by_side(const std::vector<std::string>& ids, const std::vector<Cells>& columns) {
  std::vector<std::string> names, title{""};
  for (const Cells& cells : columns) {
    for (const auto& [name, value] : cells) if (std::find(names.begin(), names.end(), name) == names.end()) names.push_back(name);
  }
  for (const std::string& id : ids) title.push_back(code(id));
  std::string out = head(title);
  for (const std::string& name : names) {
    std::vector<std::string> line{code(name)};
    for (const Cells& cells : columns) line.push_back(value_of(cells, name));
    out += row(line);
  }
  return out;
}

std::string problems(std::string_view id, const ms::Node& model) {
  std::string out;
  for (ms::Node problem : model["problems"].items()) {
    const std::string subject = known(problem["subject"]);
    out += "- **" + known(problem["level"]) + "** " + code(id) + ": " + (subject.empty() ? "" : code(subject) + " ") +
           escaped(known(problem["text"])) + "\n";
  }
  return out;
}

}  // namespace

std::string models_section(const ms::Node& models) {
  std::string out = "## Models\n\n", trouble;
  std::vector<std::string> ids;
  std::vector<Cells> columns;
  for (auto [id, model] : models.members()) {
    trouble += problems(id, model);
    ids.emplace_back(id);
    columns.push_back(cells_of(model));
    if (ids.size() < kColumns) continue;
    out += side_by_side(ids, columns) + "\n";
    ids.clear(), columns.clear();
  }
  if (!ids.empty()) out += side_by_side(ids, columns) + "\n";
  if (!trouble.empty()) out += "### Problems\n\n" + trouble + "\n";
  return out;
}
