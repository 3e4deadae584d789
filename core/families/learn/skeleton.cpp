#include "core/families/learn/skeleton.hpp"

#include <algorithm>

namespace modelsig::families::learn {

namespace {

bool number(const std::string& s) {
  return !s.empty() && s.size() < 10 && (s.size() == 1 || s[0] != '0') && std::all_of(s.begin(), s.end(), [](char c) { return c >= '0' && c <= '9'; });
}

std::string below(const std::string& prefix, const std::string& component) { return prefix.empty() ? component : prefix + "." + component; }

}  // namespace

Skeleton::Skeleton(const std::vector<Sample>& samples, Decide decide) : decide_(std::move(decide)), samples_(samples.size()) {
  std::vector<Entry> all;
  for (std::size_t s = 0; s < samples.size(); ++s)
    for (const Sample::Tensor& t : samples[s].tensors) {
      Entry e{{s, {}}, {}, &t};
      for (std::size_t at = 0; at <= t.name.size();) {
        const std::size_t dot = std::min(t.name.find('.', at), t.name.size());
        e.rest.push_back(t.name.substr(at, dot - at));
        at = dot + 1;
      }
      std::reverse(e.rest.begin(), e.rest.end());
      all.push_back(std::move(e));
    }
  descend(std::move(all), "", {});
}

Hole Skeleton::look(const std::vector<Entry>& entries, const std::string& prefix, std::size_t samples) {
  Hole hole{prefix, Sizes(samples, kAbsent), 0, 0, 0, true};
  std::map<std::uint64_t, std::set<std::string>> by_value;  // what stands below each value, numbers left out
  std::vector<std::set<std::uint64_t>> seen(samples);
  for (const Entry& e : entries) {
    const std::uint64_t value = std::stoull(e.rest.back());
    std::string rest;
    for (std::size_t i = e.rest.size() - 1; i-- > 0;) rest += "." + (number(e.rest[i]) ? "#" : e.rest[i]);
    by_value[value].insert(rest + "/" + std::to_string(e.tensor->shape.size()));
    seen[e.place.sample].insert(value);
  }
  for (std::size_t s = 0; s < samples; ++s) {
    if (seen[s].empty()) continue;
    hole.counts[s] = static_cast<std::int64_t>(*seen[s].rbegin()) + 1;
    hole.dense &= seen[s].size() == static_cast<std::size_t>(hole.counts[s]);
  }
  std::set<std::set<std::string>> kinds;
  std::set<std::string> common = by_value.begin()->second;
  std::size_t smallest = common.size();
  for (const auto& [value, names] : by_value) {
    kinds.insert(names);
    smallest = std::min(smallest, names.size());
    std::erase_if(common, [&names = names](const std::string& n) { return !names.contains(n); });
  }
  hole.values = by_value.size();
  hole.kinds = kinds.size();
  hole.shared = static_cast<double>(common.size()) / static_cast<double>(smallest);
  return hole;
}

void Skeleton::descend(std::vector<Entry> entries, const std::string& prefix, const std::vector<std::size_t>& holes) {
  std::vector<Entry> numbers;
  std::vector<std::pair<std::string, std::vector<Entry>>> names;  // in order of appearance
  std::map<std::string, std::size_t> known;
  Path* leaf = nullptr;
  for (Entry& e : entries) {
    if (e.rest.empty()) {
      if (!leaf) leaf = &paths_.emplace_back(Path{prefix, holes, {}});
      leaf->tensors.emplace(std::move(e.place), e.tensor);
    } else if (number(e.rest.back())) numbers.push_back(std::move(e));
    else {
      const auto [it, fresh] = known.emplace(e.rest.back(), names.size());
      if (fresh) names.emplace_back(e.rest.back(), std::vector<Entry>());
      e.rest.pop_back();
      names[it->second].second.push_back(std::move(e));
    }
  }
  for (auto& [name, below_it] : names) descend(std::move(below_it), below(prefix, name), holes);
  if (numbers.empty()) return;
  Hole hole = look(numbers, prefix, samples_);
  if (decide_(hole)) {
    auto inner = holes;
    inner.push_back(holes_.size());
    const std::string here = below(prefix, "{" + std::to_string(holes_.size()) + "}");
    holes_.push_back(std::move(hole));
    for (Entry& e : numbers) {
      e.place.at.push_back(std::stoull(e.rest.back()));
      e.rest.pop_back();
    }
    return descend(std::move(numbers), here, inner);
  }
  std::map<std::string, std::vector<Entry>> literal;
  for (Entry& e : numbers) {
    std::string value = std::move(e.rest.back());
    e.rest.pop_back();
    literal[value].push_back(std::move(e));
  }
  for (auto& [value, list] : literal) descend(std::move(list), below(prefix, value), holes);
}

}  // namespace modelsig::families::learn
