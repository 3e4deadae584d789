// The sizes in rule data, e.g. "num_attention_heads * (hidden_size // num_attention_heads)".
//   either := sum ("??" sum)*      the right side where the left one is 0: a field that is not set
//   sum := product (("+"|"-") product)*    product := atom (("*"|"//") atom)*
//   atom := number | field | "(" either ")"
#pragma once
#include <cctype>
#include <cstdint>
#include <string>
#include <string_view>

#include <modelsig/error.hpp>

template <class Field>  // int64_t field(string_view name)
class SizeExpression {
 public:
  SizeExpression(std::string_view text, const Field& field) : text_(text), field_(field) {}
  std::int64_t value() {
    const std::int64_t result = either();
    if (peek() != '\0') fail();
    return result;
  }

 private:
  char peek() {
    while (at_ < text_.size() && text_[at_] == ' ') ++at_;
    return at_ < text_.size() ? text_[at_] : '\0';
  }
  bool take(std::string_view sign) {
    if (peek() == '\0' || text_.substr(at_, sign.size()) != sign) return false;
    at_ += sign.size();
    return true;
  }
  [[noreturn]] void fail() const {
    throw ms::Error(MS_INVALID_ARGUMENT, "size expression \"" + std::string(text_) + "\" cannot be read at character " +
                                             std::to_string(at_ + 1) + ": want a field, a number, + - * // ?? or ( )");
  }
  std::int64_t either() {
    std::int64_t left = sum();
    while (take("??")) { const std::int64_t right = sum(); left = left != 0 ? left : right; }
    return left;
  }
  std::int64_t sum() {
    std::int64_t left = product();
    for (;;) {
      if (take("+")) left = wrap(left, product(), '+');
      else if (take("-")) left = wrap(left, product(), '-');
      else return left;
    }
  }
  std::int64_t product() {
    std::int64_t left = atom();
    for (;;) {
      if (take("//")) { const std::int64_t right = atom(); left = right != 0 ? floor_div(left, right) : 0; }
      else if (take("*")) left = wrap(left, atom(), '*');
      else return left;
    }
  }
  std::int64_t atom() {
    if (take("(")) {
      const std::int64_t inner = either();
      if (!take(")")) fail();
      return inner;
    }
    const char first = peek();
    const std::size_t start = at_;
    while (at_ < text_.size() && (std::isalnum(static_cast<unsigned char>(text_[at_])) || text_[at_] == '_')) ++at_;
    const std::string_view word = text_.substr(start, at_ - start);
    if (word.empty()) fail();
    if (first < '0' || first > '9') return field_(word);
    std::int64_t number = 0;
    for (const char c : word) {
      if (c < '0' || c > '9') fail();
      number = wrap(wrap(number, 10, '*'), c - '0', '+');
    }
    return number;
  }
  std::int64_t wrap(std::int64_t a, std::int64_t b, char sign) const {
    std::int64_t result = 0;
    const bool over = sign == '+' ? __builtin_add_overflow(a, b, &result)
                    : sign == '-' ? __builtin_sub_overflow(a, b, &result) : __builtin_mul_overflow(a, b, &result);
    if (over) throw ms::Error(MS_LIMIT, "size expression \"" + std::string(text_) + "\" does not fit into 64 bits");
    return result;
  }
  static std::int64_t floor_div(std::int64_t a, std::int64_t b) { return a / b - ((a % b != 0) && ((a < 0) != (b < 0))); }

  std::string_view text_;
  const Field& field_;
  std::size_t at_ = 0;
};
