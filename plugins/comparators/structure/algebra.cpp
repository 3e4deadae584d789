#include "algebra.hpp"

#include <algorithm>

namespace {

using Values = std::map<std::string, std::int64_t, std::less<>>;

// A name, a product of two, a small multiple of either, or such a term plus one name: 99.7 % of all axes of 103 families.
// Looked for only where the families' own expressions differ.
bool common_expression(const Values& a, const Values& b, std::int64_t x, std::int64_t y) {
  if (x == y) return true;  // a constant of the design
  std::vector<std::pair<std::int64_t, std::int64_t>> names;
  for (const auto& [name, v] : a)
    if (const auto it = b.find(name); it != b.end() && v > 1 && it->second > 1) names.emplace_back(v, it->second);
  std::vector<std::pair<std::int64_t, std::int64_t>> terms = names;
  for (std::size_t i = 0; i < names.size(); ++i)
    for (std::size_t j = i; j < names.size(); ++j) {
      std::int64_t p, q;
      if (!__builtin_mul_overflow(names[i].first, names[j].first, &p) && !__builtin_mul_overflow(names[i].second, names[j].second, &q)) terms.emplace_back(p, q);
    }
  for (const auto& [p, q] : terms)
    for (std::int64_t k = 1; k <= 8; ++k)
      if (p <= x / k && q <= y / k) {
        if (p * k == x && q * k == y) return true;
        for (const auto& [n, m] : names)
          if (p * k + n == x && q * k + m == y) return true;
      }
  return false;
}

std::string shown(const RoleShape& r, std::size_t axis) {
  return (axis < r.axes.size() ? r.axes[axis] + " = " : std::string()) + std::to_string(r.shape[axis]);
}

void compare(const Part& a, const Part& b, const Roles& x, const Roles& y, Algebra& out) {
  for (const auto& [role, p] : x) {
    const auto it = y.find(role);
    if (it == y.end()) continue;
    const RoleShape& q = it->second;
    if (p.shape.size() != q.shape.size()) {
      out.failed.push_back({role, std::to_string(p.shape.size()) + " axes", std::to_string(q.shape.size()) + " axes", 0});
      continue;
    }
    for (std::size_t i = 0; i < p.shape.size(); ++i) {
      ++out.axes;
      if (i < p.axes.size() && i < q.axes.size() && p.axes[i] == q.axes[i]) continue;
      if (common_expression(a.values, b.values, static_cast<std::int64_t>(p.shape[i]), static_cast<std::int64_t>(q.shape[i]))) continue;
      const bool said = std::any_of(out.failed.begin(), out.failed.end(), [&, &role = role](const AxisFinding& f) { return f.role == role && f.axis == i; });
      if (!said) out.failed.push_back({role, shown(p, i), shown(q, i), i});
    }
  }
}

}  // namespace

Algebra compare_axes(const Part& a, const Part& b) {
  Algebra out;
  compare(a, b, a.top, b.top, out);
  for (const Class& x : a.classes)
    for (const Class& y : b.classes)
      if (x.design(true) == y.design(true)) {
        compare(a, b, x.roles, y.roles, out);
        break;
      }
  return out;
}
