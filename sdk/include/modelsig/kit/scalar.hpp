// modelsig/kit/scalar.hpp - a value that a report prints and a comparator compares: a scalar, or a list as its text.
#pragma once
#include "../writer.hpp"
#include "value_text.hpp"

namespace ms::kit {

struct Scalar {
  char kind = 0;                     // as of Node, signed integers only; 0: none
  std::string text;                  // of a string; of a list its notation
  double number = 0;
  std::int64_t integer = 0;

  explicit operator bool() const { return kind != 0; }
  bool truth() const { return kind == 's' ? !text.empty() : kind == 'b' || kind == 'i' ? integer != 0 : kind != 0; }
  bool operator==(const Scalar& other) const {
    const bool numbers = (kind == 'i' || kind == 'd') && (other.kind == 'i' || other.kind == 'd');
    return numbers ? number == other.number : kind == other.kind && text == other.text && integer == other.integer;
  }

  static Scalar of(const Node& node) {
    Scalar v;
    if (!node || node.is_null()) return v;
    v.kind = node.kind() == 'u' ? 'i' : node.kind();
    if (node.is_string()) v.text = node.str();
    else if (node.is_bool()) v.integer = node.boolean();
    else if (node.is_integer()) v.integer = node.i64(), v.number = node.f64();
    else if (node.is_number()) v.number = node.f64();
    else v.text = notation(node), v.kind = 's';
    return v;
  }
  void write(Writer& out) const {
    if (kind == 'b') out.value(integer != 0);
    else if (kind == 'i') out.value(integer);
    else if (kind == 'd') out.value(number);
    else if (kind) out.value(text);
    else out.null();
  }
  std::string show() const {         // for messages
    if (kind == 'b') return integer ? "yes" : "no";
    if (kind == 'i') return std::to_string(integer);
    if (kind == 'd') {
      char digits[32];
      std::snprintf(digits, sizeof digits, "%.12g", number);
      return digits;
    }
    return kind ? text : "none";
  }
};

}  // namespace ms::kit
