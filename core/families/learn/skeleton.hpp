// Tensor names with their indices taken out. Which components of digits alone are indices is decided from all samples together:
// "layers.7" is one of many alike, "mlp.2" a module of its own.
#pragma once
#include <functional>
#include <map>
#include <set>
#include <string>
#include <vector>

#include "core/families/learn/sample.hpp"

namespace modelsig::families::learn {

struct Place { std::size_t sample = 0; std::vector<std::uint64_t> at; auto operator<=>(const Place&) const = default; };

struct Hole {
  std::string prefix;                    // the path before it, outer holes as {0}, {1}: "model.layers"
  Sizes counts;                          // highest value + 1
  // What speaks for an index: alike, how many of the values have the same modules below them; shared, the part of the smallest
  // one's tensors that all have; dense, from 0 on without a gap.
  std::size_t values = 0, kinds = 0;
  double shared = 0;
  bool dense = false;
};

struct Path {
  std::string text;                      // "model.layers.{0}.self_attn.q_proj.weight": {number of the hole}
  std::vector<std::size_t> holes;        // outermost first
  std::map<Place, const Sample::Tensor*> tensors;
};

class Skeleton {
 public:
  using Decide = std::function<bool(const Hole&)>;  // an index?
  Skeleton(const std::vector<Sample>& samples, Decide decide);
  const std::vector<Hole>& holes() const { return holes_; }
  const std::vector<Path>& paths() const { return paths_; }

 private:
  struct Entry { Place place; std::vector<std::string> rest; const Sample::Tensor* tensor; };  // rest: components, last first
  void descend(std::vector<Entry> entries, const std::string& prefix, const std::vector<std::size_t>& holes);
  static Hole look(const std::vector<Entry>& entries, const std::string& prefix, std::size_t samples);

  Decide decide_;
  std::size_t samples_;
  std::vector<Hole> holes_;
  std::vector<Path> paths_;
};

}  // namespace modelsig::families::learn
