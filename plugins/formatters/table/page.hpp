// A page for a terminal: headings, rows of name and value, and colours where they are wanted.
#pragma once
#include <modelsig/kit/architecture_text.hpp>

#include <string>
#include <string_view>
#include <utility>

class Page {
 public:
  static constexpr std::size_t kName = 20;  // columns of a row's name
  // width: of a line in columns, where its text may be broken
  Page(bool color, std::size_t list_limit, std::size_t width) : color_(color), limit_(list_limit), wrap_(width - kName - 3) {}

  void line(std::string_view text = {}) { text_.append(text).append("\n"); }
  void heading(std::string_view text) {
    line();
    line(paint(text, "1"));
    line(std::string(ms::kit::width(text), '-'));
  }
  // Nothing for an empty value: what is not known takes no line.
  void row(std::string_view name, std::string_view value) {
    if (!value.empty()) line("  " + ms::kit::left(name, kName) + " " + std::string(value));
  }
  void rows(std::string_view name, const ms::Node& list) {  // the name once, an item a line
    for (ms::Node item : list.items()) row(name, ms::kit::text(item)), name = {};
  }

  // Items one after the other, as many a line as fit: lines break between items, within one only where it is longer than a line.
  void wrapped(std::string_view name, const ms::kit::Words& items) {
    std::string line;
    for (const std::string& item : items) {
      const std::size_t comma = &item == &items.back() ? 0 : 1;
      if (ms::kit::width(item) + comma > wrap_) {
        if (!line.empty()) row(name, line + ","), name = " ", line.clear();
        prose(name, comma ? item + "," : item), name = " ";
        continue;
      }
      if (!line.empty() && ms::kit::width(line) + 2 + ms::kit::width(item) + comma > wrap_) row(name, line + ","), name = " ", line.clear();
      line += (line.empty() ? "" : ", ") + item;
    }
    row(name, line);
  }
  // A sentence, broken at spaces, `indent` columns in; lines after the first `hang` columns more.
  void prose(std::string_view name, std::string_view text, std::string_view color = {}, std::size_t indent = 0, std::size_t hang = 0) {
    while (ms::kit::width(text) > wrap_ - indent) {
      const std::size_t space = text.rfind(' ', wrap_ - indent);
      if (space == text.npos || space == 0) break;
      row(name, std::string(indent, ' ') + paint(text.substr(0, space), color)), name = " ";
      text.remove_prefix(space + 1);
      indent += std::exchange(hang, 0);
    }
    if (!text.empty()) row(name, std::string(indent, ' ') + paint(text, color));
  }

  std::string paint(std::string_view text, std::string_view color) const {
    if (!color_ || color.empty()) return std::string(text);
    return "\033[" + std::string(color) + "m" + std::string(text) + "\033[0m";
  }
  std::string judged(std::string_view word) const { return paint(word, color_of(word)); }

  // "a, b, c and 4 more"
  std::string listed(const ms::Node& list) const {
    std::string out;
    std::size_t shown = 0;
    for (ms::Node item : list.items()) {
      if (shown++ == limit_) return out + " and " + std::to_string(list.size() - limit_) + " more";
      out += (out.empty() ? "" : ", ") + ms::kit::text(item);
    }
    return out;
  }
  std::string text() && { return std::move(text_); }

 private:
  static std::string_view color_of(std::string_view word) {
    if (word == "FULL_SUBSTITUTE" || word == "RECOMMENDED" || word == "ISOMORPHIC" || word == "HIGH") return "32";
    if (word == "PARTIAL_SUBSTITUTE" || word == "PARTIAL" || word == "SCALE_ONLY" || word == "MEDIUM") return "33";
    if (word == "UNDETERMINED") return "35";
    return "31";
  }
  std::string text_;
  bool color_;
  std::size_t limit_, wrap_;
};

using ms::kit::known;
