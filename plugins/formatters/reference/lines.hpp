// What both layouts are made of: lines, and values as text the way Python's format() shows them.
#pragma once
#include <modelsig/kit/number_text.hpp>
#include <modelsig/kit/value_text.hpp>

#include <string>
#include <string_view>

class Lines {
 public:
  void add(std::string_view line = {}) {
    if (!first_) text_ += '\n';
    first_ = false;
    text_ += line;
  }
  std::string text() && { return std::move(text_) + '\n'; }

 private:
  std::string text_;
  bool first_ = true;
};

// "a, b" or "`a`, `b`"
inline std::string joined(const ms::Node& list, std::string_view quote = {}) {
  std::string out;
  for (ms::Node item : list.items()) {
    if (!out.empty()) out += ", ";
    out.append(quote).append(item.str()).append(quote);
  }
  return out;
}

inline std::string percent(const ms::Node& share, int digits) { return ms::kit::percent(share.f64(0), digits); }
