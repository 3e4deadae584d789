// modelsig/kit/truth.hpp - values as configs use them: 0, "", [], {}, null and absent all mean "not set",
// 1, 1.0 and true are the same size, and a size may be a list with one entry a layer.
#pragma once
#include "../node.hpp"

namespace ms::kit {

inline bool truthy(const Node& value) {
  switch (value.kind()) {
    case '{': case '[': case 's': return value.size() > 0;
    case 'b': return value.boolean();
    case 'i': case 'u': return value.u64(1) != 0;  // a negative number has no u64
    case 'd': return value.f64() != 0;
    default: return false;
  }
}

inline bool is_countable(const Node& value) { return value.is_integer() || value.is_bool(); }
inline bool is_numeric(const Node& value) { return value.is_number() || value.is_bool(); }
inline double number(const Node& value) { return value.is_bool() ? (value.boolean() ? 1.0 : 0.0) : value.f64(); }

// Equality by value; an absent member equals null.
inline bool same(const Node& a, const Node& b) {
  if (is_numeric(a) && is_numeric(b)) {
    if (is_countable(a) && is_countable(b) && a.kind() != 'u' && b.kind() != 'u') return a.i64() == b.i64();
    return a.kind() == 'u' && b.kind() == 'u' ? a.u64() == b.u64() : number(a) == number(b);
  }
  const bool none_a = !a || a.is_null(), none_b = !b || b.is_null();
  if (none_a || none_b) return none_a == none_b;
  if (a.kind() != b.kind() || a.size() != b.size()) return false;
  if (a.is_string()) return a.str() == b.str();
  for (std::size_t i = 0; i < a.size(); ++i) {
    if (a.is_object() ? !b[a.key(i)] || !same(a.at(i), b[a.key(i)]) : !same(a.at(i), b.at(i))) return false;
  }
  return true;
}

// The first that is set, else the last, whatever it is.
inline Node first_set(Node a, Node b) { return truthy(a) ? a : b; }

// The entry of a per-layer list that compares greatest (the first of equals); the value itself if it is no
// list; no value for an empty list. `comparable` turns false where entries have no common order.
inline Node greatest(const Node& value, bool& comparable) {
  if (!value.is_array()) return value;
  Node best;
  for (Node item : value.items()) {
    if (!best) { best = item; continue; }
    if (is_numeric(best) && is_numeric(item)) best = number(item) > number(best) ? item : best;
    else if (best.is_string() && item.is_string()) best = item.str() > best.str() ? item : best;
    else { comparable = false; return {}; }
  }
  return best;
}

}  // namespace ms::kit
