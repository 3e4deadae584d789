// modelsig/kit/architecture_text.hpp - section `architecture` for people: facts by group, layers by class.
#pragma once
#include <algorithm>
#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "number_text.hpp"
#include "run_lengths.hpp"
#include "scalar.hpp"
#include "value_text.hpp"

namespace ms::kit {

using Words = std::vector<std::string>;

inline std::string joined(const Words& list, std::string_view between = ", ") {
  std::string out;
  for (const std::string& word : list) (out += out.empty() ? "" : between) += word;
  return out;
}

namespace detail {

inline std::string scaled(double n, const char* const (&units)[5]) {
  std::size_t unit = 0;
  while (n >= 999.5 && unit < 4) n /= 1000, ++unit;
  return fixed(n, unit == 0 || n >= 99.95 ? 0 : n >= 9.995 ? 1 : 2) + units[unit];
}

}  // namespace detail

// 596049920: "596 M"
inline std::string magnitude(double n) {
  constexpr const char* units[] = {"", " k", " M", " B", " T"};
  return detail::scaled(n, units);
}
// 1192099840: "1.19 GB"
inline std::string byte_size(double n) {
  constexpr const char* units[] = {" B", " kB", " MB", " GB", " TB"};
  return detail::scaled(n, units);
}

struct FactGroup { std::string name; Words facts; };

struct FactPage {
  std::vector<FactGroup> groups;  // "head dim 128", "gated / moe" where layers differ
  Words absent;                   // what the model was found not to have
};

inline FactPage fact_page(const Node& component) {
  FactPage out;
  const auto plain = [](const Node& v) { return Scalar::of(v).show(); };
  for (auto [id, fact] : component["facts"].members()) {
    if (fact["unsaid"].boolean()) continue;
    std::string name(id);
    std::replace(name.begin(), name.end(), '_', ' ');
    const Node value = fact["value"];
    if (value.is_bool() && !value.boolean()) { out.absent.push_back(std::move(name)); continue; }
    if (!value.is_bool()) name += " ";
    if (value.is_array()) {
      Words each;
      for (Node v : value.items()) each.push_back(plain(v));
      name += joined(each, " / ");
    } else if (!value.is_bool()) {
      const std::string text = plain(value);
      name = text.starts_with("no ") ? text : name + text;  // "no head", not "head no head"
    }
    const std::string_view group = fact["group"].str();
    auto to = std::find_if(out.groups.begin(), out.groups.end(), [&](const FactGroup& g) { return g.name == group; });
    if (to == out.groups.end()) to = out.groups.insert(to, FactGroup{std::string(group), {}});
    to->facts.push_back(std::move(name));
  }
  return out;
}

namespace detail {

struct Run { std::string name; std::uint64_t layers; };

// the pattern with the classes' names
inline std::vector<Run> layer_runs(const Node& stack) {
  const auto name_of = [&](std::string_view letter) {
    std::string name(letter), told_by;
    std::size_t same = 0;
    for (Node c : stack["classes"].items()) if (c["class"].str() == letter) name = std::string(c["name"].str()), told_by = std::string(c["told_by"].str());
    for (Node c : stack["classes"].items()) same += c["name"].str() == name;
    if (same < 2) return name;
    return name + (told_by.empty() ? " " + std::string(letter) : " (" + told_by + ")");
  };
  std::vector<Run> out;
  for (const ClassRun& run : read_runs(stack["pattern"].str())) out.push_back({name_of(run.letter), run.layers});
  return out;
}

inline bool operator==(const Run& a, const Run& b) { return a.layers == b.layers && a.name == b.name; }
inline std::string shown(const Run& r) { return std::to_string(r.layers) + " x " + r.name; }

}  // namespace detail

// "3 x dense-mla, 58 x moe-mla"; "13 x (sliding, full)" where it repeats; totals where it does neither.
inline std::string layer_runs(const Node& stack) {
  constexpr std::size_t kFlat = 3, kLong = 6, kPeriod = 8;
  const auto runs = detail::layer_runs(stack);
  const auto list = [&](std::size_t from, std::size_t to, bool plain = false) {  // plain: a single layer needs no "1 x"
    Words out;
    for (std::size_t i = from; i < to; ++i) out.push_back(plain && runs[i].layers == 1 ? runs[i].name : detail::shown(runs[i]));
    return joined(out);
  };
  if (runs.size() <= kFlat) return list(0, runs.size());
  for (std::size_t head = 0; head <= 2; ++head)
    for (std::size_t period = 2; period <= kPeriod && head + 2 * period <= runs.size(); ++period) {
      std::size_t end = head + period;
      while (end < runs.size() && runs[end] == runs[end - period]) ++end;
      const std::size_t times = (end - head) / period, rest = head + times * period;
      if (times < 2 || runs.size() - rest > period) continue;
      std::string out = head > 0 ? list(0, head) + ", " : "";
      out += std::to_string(times) + " x (" + list(head, head + period, true) + ")";
      return rest < runs.size() ? out + ", " + list(rest, runs.size()) : out;
    }
  if (runs.size() <= kLong) return list(0, runs.size());
  std::vector<detail::Run> totals;
  for (const detail::Run& r : runs) {
    const auto to = std::find_if(totals.begin(), totals.end(), [&](const detail::Run& t) { return t.name == r.name; });
    if (to == totals.end()) totals.push_back(r);
    else to->layers += r.layers;
  }
  Words out;
  for (const detail::Run& t : totals) out.push_back(detail::shown(t));
  return joined(out) + ", in " + std::to_string(runs.size()) + " runs";
}

// "62: 3 x dense-mla, 58 x moe-mla; the first 4 have every class"
inline std::string layers_line(const Node& stack) {
  const std::uint64_t all = stack["layers"].u64(), prefix = stack["shortest_prefix"].u64();
  std::string out = layer_runs(stack);
  if (stack["classes"].size() > 1) out = std::to_string(all) + ": " + out;
  if (prefix > 0 && prefix < all) out += prefix == 1 ? "; the first has every class" : "; the first " + std::to_string(prefix) + " have every class";
  return out;
}

// Section `estimates`: parameters, weights, cache, a line each; what is not known has none.
struct NamedLine {
  std::string name, text;
  Words items;                       // the text in the pieces between which a line may break
  NamedLine(std::string n, Words list) : name(std::move(n)), text(joined(list)), items(std::move(list)) {}
};

inline std::vector<NamedLine> estimate_lines(const Node& estimates) {
  std::vector<NamedLine> out;
  const Node parameters = estimates["parameters"], stored = estimates["stored"], cache = estimates["cache"];
  const double total = parameters["total"].f64();
  if (total > 0) {
    Words text{magnitude(total)};
    const Node active = parameters["active_per_token"];
    if (active.is_number() && active.f64() < total) text.push_back(magnitude(active.f64()) + " active per token");
    if (parameters["embedding"].f64() > 0) text.push_back("embedding " + magnitude(parameters["embedding"].f64()));
    if (parameters["draft_layers"].f64() > 0) text.push_back("draft layers " + magnitude(parameters["draft_layers"].f64()));
    const Node parts = parameters["by_component"];
    if (parts.size() > 1) {
      Words each;
      for (auto [name, c] : parts.members()) if (c["total"].f64() > 0) each.push_back(std::string(name) + " " + magnitude(c["total"].f64()));
      text.back() += " (" + joined(each) + ")";
    }
    if (parameters["assumed"].boolean()) text.push_back("roles by their names");
    out.push_back({"parameters", text});
  }
  if (stored["bytes"].is_number() && stored["bytes"].f64() > 0) {
    Words each;
    for (auto [dtype, s] : stored["by_dtype"].members()) each.push_back(std::string(dtype) + (s["bytes"].is_number() ? " " + byte_size(s["bytes"].f64()) : ""));
    out.push_back({"memory", Words{byte_size(stored["bytes"].f64()) + " of weights (" + joined(each) + ")"}});
  }
  const Node first = cache["by_dtype"].at(0);
  if (cache["elements_per_token"].f64() > 0 && first) {
    Words each;
    for (Node at : first["at"].items()) {
      if (at["beyond_the_model"].boolean()) continue;
      const double least = at["minimum_bytes"].f64(), paged = at["paged_bytes"].f64();
      each.push_back(std::to_string(at["context"].u64()) + " tokens " + byte_size(least) + (paged > least ? " (" + byte_size(paged) + " without windows)" : ""));
    }
    std::string rate = byte_size(first["bytes_per_token"].f64()) + " a token in " + std::string(first["dtype"].str());
    if (each.empty()) each.push_back(std::move(rate));
    else each.front() = rate + ": " + each.front();
    if (!cache["complete"].boolean(true)) each.push_back("of some layers it is not known");
    out.push_back({"cache", each});
  }
  if (cache["state_bytes"].f64() > 0) out.push_back({"sequence state", Words{byte_size(cache["state_bytes"].f64()) + " a sequence, whatever its length"}});
  return out;
}

}  // namespace ms::kit
