#include "expression_text.hpp"

#include <algorithm>
#include <cmath>
#include <cstdio>

namespace gguf {

namespace {

constexpr std::string_view NONE = "none";

// Texts go in only if they are words: nothing of a file may become an operator.
bool is_word(std::string_view text) {
  return text.size() <= 256 && std::all_of(text.begin(), text.end(), [](unsigned char c) { return std::isalnum(c) || c == '_' || c == '.' || c == '-'; });
}

bool less(const Value& a, const Value& b) {
  if (a.is_real() || b.is_real()) return a.real < b.real;
  return a.is_signed() ? static_cast<std::int64_t>(a.whole) < static_cast<std::int64_t>(b.whole) : a.whole < b.whole;
}

}  // namespace

ExpressionText::ExpressionText(const Header& header) : header_(header), architecture_(header.metadata.text("general.architecture")) {}

const Value* ExpressionText::find(std::string_view key) const {
  const Value* own = header_.metadata.find(architecture_ + "." + std::string(key));
  return own ? own : header_.metadata.find(key);
}

std::string ExpressionText::literal(const Value& value) {
  if (!value.kept) return std::string(NONE);
  if (value.type == Type::TEXT) return is_word(value.text) ? "'" + value.text + "'" : std::string(NONE);
  if (value.type == Type::BOOL) return value.whole ? "true" : "false";
  if (value.is_real()) {
    if (!(std::abs(value.real) < 1e15)) return std::string(NONE);
    char text[64];
    std::snprintf(text, sizeof text, "%.12f", value.real);
    return value.real < 0 ? "(0 - " + std::string(text + 1) + ")" : text;
  }
  if (value.type == Type::ARRAY) {
    std::string out = "[";
    for (const Value& item : value.items) out += (out.size() > 1 ? ", " : "") + literal(item);
    return out + "]";
  }
  const auto whole = static_cast<std::int64_t>(value.whole);
  if (whole < 0) return value.is_signed() && whole != INT64_MIN ? "(0 - " + std::to_string(-whole) + ")" : std::string(NONE);
  return std::to_string(whole);
}

std::string ExpressionText::placeholder(std::string_view name, std::string_view item) const {
  if (name == "item") return std::string(item);
  const std::size_t colon = name.find(':');
  const std::string_view what = colon == std::string_view::npos ? std::string_view() : name.substr(0, colon);
  const std::string_view of = colon == std::string_view::npos ? name : name.substr(colon + 1);
  if (what == "tensor" || what == "rows" || what == "columns") {
    const auto tensor = std::find_if(header_.tensors.begin(), header_.tensors.end(), [&](const TensorInfo& t) { return t.name == of; });
    if (what == "tensor") return tensor == header_.tensors.end() ? "false" : "true";
    if (tensor == header_.tensors.end() || tensor->shape.empty()) return std::string(NONE);
    return std::to_string(what == "rows" ? tensor->shape.front() : tensor->shape.back());
  }
  const Value* value = find(of);
  if (!value) return std::string(NONE);
  if (what == "len") return value->type == Type::ARRAY ? std::to_string(value->length) : std::string(NONE);
  if ((what == "max" || what == "first") && value->type == Type::ARRAY) {
    if (value->items.empty()) return std::string(NONE);
    return literal(what == "first" ? value->items.front() : *std::max_element(value->items.begin(), value->items.end(), less));
  }
  return literal(*value);
}

std::string ExpressionText::fill(std::string_view text, bool& answered, std::string_view item) const {
  std::string out;
  bool asked = false;
  answered = false;
  while (true) {
    const std::size_t open = text.find('{'), close = open == std::string_view::npos ? open : text.find('}', open);
    if (close == std::string_view::npos) break;
    out.append(text.substr(0, open));
    const std::string value = placeholder(text.substr(open + 1, close - open - 1), item);
    asked = true;
    answered = answered || value != NONE;
    out.append(value);
    text.remove_prefix(close + 1);
  }
  out.append(text);
  answered = answered || !asked;
  return out;
}

}  // namespace gguf
