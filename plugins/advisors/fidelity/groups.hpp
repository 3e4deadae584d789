// The models of a report by size, and which of them are one architecture in different sizes.
#pragma once
#include <modelsig/error.hpp>
#include <modelsig/kit/truth.hpp>

#include <algorithm>
#include <string>
#include <string_view>
#include <vector>

struct Sized {
  std::string_view id;
  bool experts;
  double size;  // parameters where the pairs say so; else layers x hidden size, fourfold for a mixture of experts
};

// Logical parameters of a model, from any pair it is in.
inline double parameters_of(const ms::Node& pairs, std::string_view id) {
  for (auto [name, pair] : pairs.members()) {
    const std::size_t bar = name.find('|');
    const ms::Node sizes = pair["logical_parameters"];
    if (name.substr(0, bar) == id && sizes["a"]) return sizes["a"].f64();
    if (bar != name.npos && name.substr(bar + 1) == id && sizes["b"]) return sizes["b"].f64();
  }
  return 0;
}

// per_layer: of a list with one size a layer the greatest counts.
inline double size_field(const ms::Node& arch, std::string_view name, bool per_layer) {
  bool comparable = true;
  const ms::Node value = per_layer ? ms::kit::greatest(arch[name], comparable) : arch[name];
  if (!ms::kit::truthy(value)) return 0;
  if (ms::kit::is_numeric(value)) return ms::kit::number(value);
  throw ms::Error(MS_DATA_LOSS, std::string(name) + " is no number: the models cannot be put in order of size");
}

inline std::vector<Sized> by_size(const ms::Node& models, const ms::Node& pairs, bool per_layer) {
  std::vector<Sized> sorted;
  for (auto [id, model] : models.members()) {
    if (model["source"].str() == "error") continue;
    const ms::Node arch = model["arch_fingerprint"];
    const bool experts = ms::kit::truthy(arch["is_moe"]);
    if (const double n = parameters_of(pairs, id); n > 0) {
      sorted.push_back({id, experts, n});
      continue;
    }
    const double size = size_field(arch, "num_hidden_layers", per_layer) * size_field(arch, "hidden_size", per_layer);
    sorted.push_back({id, experts, size * (experts ? 4 : 1)});
  }
  std::stable_sort(sorted.begin(), sorted.end(), [](const Sized& a, const Sized& b) { return a.size < b.size; });
  return sorted;
}

// From the smallest on, every model takes those into its group that are isomorphic to it or scale like it.
inline std::vector<std::vector<Sized>> architectures(const ms::Node& report, bool per_layer) {
  const ms::Node pairs = report["coverage_matrix"];
  const auto related = [&](std::string_view a, std::string_view b) {
    ms::Node pair = pairs[std::string(a) + "|" + std::string(b)];
    if (pair.size() == 0) pair = pairs[std::string(b) + "|" + std::string(a)];
    const std::string_view found = pair["isomorphism"].str();
    return found == "ISOMORPHIC" || found == "SCALE_ONLY";
  };
  std::vector<Sized> rest = by_size(report["models"], pairs, per_layer);
  std::vector<std::vector<Sized>> groups;
  while (!rest.empty()) {
    std::vector<Sized> group{rest.front()}, others;
    for (std::size_t i = 1; i < rest.size(); ++i) (related(rest.front().id, rest[i].id) ? group : others).push_back(rest[i]);
    groups.push_back(std::move(group));
    rest = std::move(others);
  }
  return groups;
}
