// modelsig/kit/name_set.hpp - a sorted set of names for comparators: built once a model, then only merged.
// Holds views, so a pair of models costs a walk over both lists and no allocation.
#pragma once
#include <algorithm>
#include <string_view>
#include <vector>

#include "../node.hpp"

namespace ms::kit {

class NameSet {
 public:
  NameSet() = default;
  explicit NameSet(std::vector<std::string_view> names) : names_(std::move(names)) {
    std::sort(names_.begin(), names_.end());
    names_.erase(std::unique(names_.begin(), names_.end()), names_.end());
  }
  static NameSet of_items(const Node& list) {
    std::vector<std::string_view> names;
    for (Node item : list.items()) names.push_back(item.str());
    return NameSet(std::move(names));
  }
  static NameSet of_keys(const Node& object) {
    std::vector<std::string_view> names;
    for (auto [key, value] : object.members()) names.push_back(key);
    return NameSet(std::move(names));
  }

  std::size_t size() const { return names_.size(); }
  bool empty() const { return names_.empty(); }
  auto begin() const { return names_.begin(); }
  auto end() const { return names_.end(); }
  bool contains(std::string_view name) const { return std::binary_search(names_.begin(), names_.end(), name); }

  std::size_t shared_with(const NameSet& other) const {
    std::size_t count = 0;
    for (auto a = begin(), b = other.begin(); a != end() && b != other.end();) {
      const int order = a->compare(*b);
      if (order == 0) ++count;
      if (order <= 0) ++a;
      if (order >= 0) ++b;
    }
    return count;
  }
  std::vector<std::string_view> without(const NameSet& other) const {
    std::vector<std::string_view> rest;
    std::set_difference(begin(), end(), other.begin(), other.end(), std::back_inserter(rest));
    return rest;
  }

 private:
  std::vector<std::string_view> names_;
};

// Jaccard: shared / all; two empty sets are the same set.
inline double similarity(std::size_t shared, std::size_t all) {
  return all == 0 ? 1.0 : static_cast<double>(shared) / static_cast<double>(all);
}

}  // namespace ms::kit
