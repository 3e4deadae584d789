// modelsig/testing/value.hpp - a JSON-like value for tests: options that go in, documents that come out.
//     Value options = Value::object({{"strict", false}, {"max_header", 100}});
//     EXPECT_EQ(host.parts["config"].text(), R"({"hidden_size": 4096})");
#pragma once
#include <charconv>
#include <cmath>
#include <concepts>
#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace ms::testing {

struct Value {
  using Members = std::vector<std::pair<std::string, Value>>;

  char kind = 'n';  // as ms_host::node_kind
  bool boolean = false;
  std::int64_t i64 = 0;
  std::uint64_t u64 = 0;
  double f64 = 0;
  std::string string;
  std::vector<Value> items;
  Members members;

  Value() = default;
  Value(bool v) : kind('b'), boolean(v) {}
  template <std::signed_integral T> Value(T v) : kind('i'), i64(v) {}
  template <std::unsigned_integral T> requires(!std::same_as<T, bool>) Value(T v) : kind('u'), u64(v) {}
  Value(double v) : kind('d'), f64(v) {}
  Value(std::string v) : kind('s'), string(std::move(v)) {}
  Value(std::string_view v) : kind('s'), string(v) {}
  Value(const char* v) : kind('s'), string(v) {}
  static Value object(Members m = {}) { Value v; v.kind = '{'; v.members = std::move(m); return v; }
  static Value list(std::vector<Value> l = {}) { Value v; v.kind = '['; v.items = std::move(l); return v; }

  const Value* find(std::string_view key) const {
    for (const auto& [name, value] : members)
      if (name == key) return &value;
    return nullptr;
  }
  std::size_t size() const { return kind == '{' ? members.size() : kind == '[' ? items.size() : string.size(); }

  // As Python's json.dumps writes it, NaN and Infinity included; text is not escaped beyond quotes and backslashes.
  std::string text() const {
    switch (kind) {
      case 'b': return boolean ? "true" : "false";
      case 'i': return std::to_string(i64);
      case 'u': return std::to_string(u64);
      case 'd': return number(f64);
      case 's': return quoted(string);
      case '[': {
        std::string out = "[";
        for (const Value& item : items) out.append(out.size() > 1 ? ", " : "").append(item.text());
        return out.append("]");
      }
      case '{': {
        std::string out = "{";
        for (const auto& [key, value] : members) out.append(out.size() > 1 ? ", " : "").append(quoted(key)).append(": ").append(value.text());
        return out.append("}");
      }
      default: return "null";
    }
  }

 private:
  static std::string number(double v) {
    if (std::isnan(v)) return "NaN";
    if (std::isinf(v)) return v > 0 ? "Infinity" : "-Infinity";
    char buffer[32];
    const auto end = std::to_chars(buffer, buffer + sizeof buffer, v).ptr;
    std::string out(buffer, end);
    return out.find_first_of(".en") == std::string::npos ? out.append(".0") : out;
  }
  static std::string quoted(std::string_view text) {
    std::string out(1, '"');
    for (char c : text) {
      if (c == '"' || c == '\\') out.push_back('\\');
      out.push_back(c);
    }
    return out.append("\"");
  }
};

}  // namespace ms::testing
