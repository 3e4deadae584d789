// The shapes of a model's name groups, sorted by name, and how those of two models scale.
#pragma once
#include <modelsig/node.hpp>

#include <algorithm>
#include <cmath>
#include <string_view>
#include <vector>

class Shapes {
 public:
  explicit Shapes(ms::Node signature) {
    for (auto [name, entry] : signature.members()) {
      Shape shape{name, {}, 1};
      for (ms::Node axis : entry["representative_shape"].items()) shape.axes.push_back(axis.f64()), shape.volume *= axis.f64();
      shapes_.push_back(std::move(shape));
    }
    std::sort(shapes_.begin(), shapes_.end(), [](const Shape& a, const Shape& b) { return a.name < b.name; });
  }

  // The names of both whose axes do not all scale alike, in order. Names of other rank, without axes or with
  // an axis of 0 have no ratios and are passed over.
  std::vector<std::string_view> non_uniform(const Shapes& other, double tolerance) const {
    std::vector<std::string_view> names;
    for (auto a = shapes_.begin(), b = other.shapes_.begin(); a != shapes_.end() && b != other.shapes_.end();) {
      const int order = a->name.compare(b->name);
      if (order == 0 && !uniform(*a, *b, tolerance)) names.push_back(a->name);
      if (order <= 0) ++a;
      if (order >= 0) ++b;
    }
    return names;
  }

 private:
  struct Shape {
    std::string_view name;
    std::vector<double> axes;
    double volume;
  };
  static bool uniform(const Shape& a, const Shape& b, double tolerance) {
    if (a.axes.empty() || a.axes.size() != b.axes.size() || a.volume == 0 || b.volume == 0) return true;
    const Shape& small = a.volume <= b.volume ? a : b;
    const Shape& large = a.volume <= b.volume ? b : a;
    double least = large.axes[0] / small.axes[0], greatest = least, magnitude = std::abs(least);
    for (std::size_t i = 1; i < small.axes.size(); ++i) {
      const double ratio = large.axes[i] / small.axes[i];
      least = std::min(least, ratio), greatest = std::max(greatest, ratio), magnitude = std::max(magnitude, std::abs(ratio));
    }
    return greatest - least <= tolerance * magnitude;
  }

  std::vector<Shape> shapes_;
};
