// modelsig/kit/architecture_text.hpp - section `architecture` for people: facts by group, layers by class.
#pragma once
#include <algorithm>
#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "number_text.hpp"
#include "scalar.hpp"
#include "value_text.hpp"

namespace ms::kit {

using Words = std::vector<std::string>;

inline std::string joined(const Words& list, std::string_view between = ", ") {
  std::string out;
  for (const std::string& word : list) (out += out.empty() ? "" : between) += word;
  return out;
}

// 596049920: "596 M"
inline std::string magnitude(double n) {
  constexpr const char* units[] = {"", " k", " M", " B", " T"};
  std::size_t unit = 0;
  while (n >= 999.5 && unit < 4) n /= 1000, ++unit;
  return fixed(n, unit == 0 || n >= 99.95 ? 0 : n >= 9.995 ? 1 : 2) + units[unit];
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
    std::string name(id);
    std::replace(name.begin(), name.end(), '_', ' ');
    const Node value = fact["value"];
    if (value.is_bool() && !value.boolean()) { out.absent.push_back(std::move(name)); continue; }
    if (!value.is_bool()) name += " ";
    if (value.is_array()) {
      Words each;
      for (Node v : value.items()) each.push_back(plain(v));
      name += joined(each, " / ");
    } else if (!value.is_bool()) name += plain(value);
    const std::string_view group = fact["group"].str();
    auto to = std::find_if(out.groups.begin(), out.groups.end(), [&](const FactGroup& g) { return g.name == group; });
    if (to == out.groups.end()) to = out.groups.insert(to, FactGroup{std::string(group), {}});
    to->facts.push_back(std::move(name));
  }
  return out;
}

namespace detail {

struct Run { std::string name; std::uint64_t layers; };

// "A3B58C" with the classes' names; a letter beyond Z stands in brackets
inline std::vector<Run> layer_runs(const Node& stack) {
  const auto name_of = [&](std::string_view letter) {
    std::string name(letter);
    std::size_t same = 0;
    for (Node c : stack["classes"].items()) if (c["class"].str() == letter) name = std::string(c["name"].str());
    for (Node c : stack["classes"].items()) same += c["name"].str() == name;
    return same > 1 ? name + " " + std::string(letter) : name;
  };
  const std::string_view pattern = stack["pattern"].str();
  std::vector<Run> out;
  for (std::size_t at = 0; at < pattern.size();) {
    std::size_t end = at + 1;
    if (pattern[at] == '(') end = std::min(pattern.find(')', at), pattern.size() - 1) + 1;
    Run run{name_of(pattern.substr(at, end - at)), 0};
    for (; end < pattern.size() && pattern[end] >= '0' && pattern[end] <= '9'; ++end) run.layers = run.layers * 10 + static_cast<std::uint64_t>(pattern[end] - '0');
    run.layers = std::max<std::uint64_t>(run.layers, 1);
    out.push_back(std::move(run));
    at = end;
  }
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

}  // namespace ms::kit
