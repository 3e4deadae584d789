#include <modelsig/kit/architecture_text.hpp>

#include <algorithm>

#include "sections.hpp"

namespace {

// One column a model, in tables of a few: wider ones no longer fit a page.
constexpr std::size_t kColumns = 4;

using Cells = std::vector<std::pair<std::string, std::string>>;

// Layers by class and facts by group; the rows of a tower carry its name.
void architecture(const ms::Node& part, Cells& out) {
  const std::string name = known(part["component"]), before = name == "model" ? "" : name + ": ";
  std::string layers;
  for (ms::Node stack : part["stacks"].items())
    layers += (layers.empty() ? "" : "; ") + (part["stacks"].size() > 1 ? known(stack["path"]) + " " : "") + ms::kit::layers_line(stack);
  const auto add = [&](const std::string& row, const std::string& text) {
    if (!text.empty()) out.emplace_back(before + row, escaped(text));
  };
  add("assumed", part["assumed"].boolean() ? "no family file serves it" : "");
  add("layers", layers);
  const ms::kit::FactPage facts = ms::kit::fact_page(part);
  for (const ms::kit::FactGroup& group : facts.groups) add(group.name, ms::kit::joined(group.facts));
  add("without", ms::kit::joined(facts.absent));
}

Cells cells_of(const ms::Node& model) {
  Cells out;
  const auto add = [&](std::string_view name, const ms::Node& value) {
    if (const std::string text = known(value); !text.empty()) out.emplace_back(name, escaped(text));
  };
  add("complete", model["complete"]);
  add("part", model["component"]["class"]);
  for (auto [file, values] : model["settings"].members())
    for (auto [key, value] : values.members())
      if (!key.starts_with('_')) add(key, value);
  if (model["settings"]) return out;
  if (const ms::Node adapter = model["adapter"]; adapter.is_object()) {
    out.emplace_back("adapter", "an adapter, not a model");
    for (const char* what : {"kinds", "base", "rank", "alpha"}) add(what, adapter[what]);
    std::string targets;
    for (ms::Node t : adapter["targets"].items()) targets += (targets.empty() ? "" : ", ") + code(t["module"].str());
    out.emplace_back("adapts", targets);
  }
  const ms::Node parts = model["architecture"];
  if (parts.size() == 0) {
    for (auto [key, value] : model["arch_fingerprint"].members()) add(key, value);
    for (auto [key, value] : model["dimension_ratios"].members()) add(key, value);
  } else {
    add("model_type", model["arch_fingerprint"]["model_type"]);
    for (ms::Node part : parts.items()) architecture(part, out);
  }
  for (const ms::kit::NamedLine& line : ms::kit::estimate_lines(model["estimates"])) out.emplace_back(line.name, escaped(line.text));
  add("kv_cache_shape_pattern", model["kv_cache_shape_pattern"]);
  for (auto [key, value] : model["quant_path_signature"].members()) add(key, value);
  const ms::Node signature = model["static_weight_signature"];
  const ms::Node first = signature.at(0);
  out.emplace_back("tensor names", std::to_string(signature.size()) + (first["assumed"].boolean()     ? " (assumed)"
                                                                       : first["by_family"].boolean() ? " (by family)" : ""));
  out.emplace_back("operators", codes(model["op_types"]));
  out.emplace_back("layer types", codes(model["layer_types"]));
  const ms::Node family = model["family"];
  add("family", family["family"]);
  add("family problem", family["problem"]);
  add("tensors as promised", family["matched"]);
  for (const char* difference : {"absent_count", "unexpected_count", "wrong_shape_count"}) {
    if (family[difference].u64() > 0) add(difference, family[difference]);
  }
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

std::string plan(std::string_view id, const ms::Node& plan) {
  std::string out;
  for (auto [key, values] : plan["legal"].members()) out += "- " + code(id) + ": " + code(key) + " " + (values.size() > 0 ? codes(values) : "none is possible") + "\n";
  for (ms::Node finding : plan["findings"].items()) {
    const std::string part = known(finding["component"]);
    out += "- " + code(id) + " at " + code(known(finding["at"])) + (finding["illegal"].boolean() ? " **not possible**: " : ": ") + (part == "model" ? "" : escaped(part) + ": ") +
           escaped(known(finding["text"])) + "\n";
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
  std::string out = "## Models\n\n", trouble, planned;
  std::vector<std::string> ids;
  std::vector<Cells> columns;
  const auto add = [&](std::string_view id, const ms::Node& model) {
    trouble += problems(id, model);
    planned += plan(id, model["plan"]);
    ids.emplace_back(id);
    columns.push_back(cells_of(model));
    if (ids.size() < kColumns) return;
    out += side_by_side(ids, columns) + "\n";
    ids.clear(), columns.clear();
  };
  for (auto [id, model] : models.members()) {
    add(id, model);
    for (auto [name, component] : model["components"].members()) add(std::string(id) + " / " + std::string(name), component);
  }
  if (!ids.empty()) out += side_by_side(ids, columns) + "\n";
  if (!planned.empty()) out += "### As planned\n\n" + planned + "\n";
  if (!trouble.empty()) out += "### Problems\n\n" + trouble + "\n";
  return out;
}
