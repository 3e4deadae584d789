// Markdown by the piece. Names come from files, so what would end a cell or start markup is escaped.
#pragma once
#include <modelsig/kit/value_text.hpp>

#include <string>
#include <string_view>
#include <vector>

using ms::kit::known;

inline std::string escaped(std::string_view text) {
  std::string out;
  for (const char c : text) {
    if (c == '\n' || c == '\r') { out += ' '; continue; }
    if (c == '|' || c == '\\' || c == '*' || c == '_' || c == '`' || c == '<' || c == '[') out += '\\';
    out += c;
  }
  return out;
}
// Inside a table a bar ends the cell even in code.
inline std::string code(std::string_view text) {
  std::string out = "`";
  for (const char c : text) {
    if (c == '|') out += '\\';
    out += c == '`' ? '\'' : c == '\n' ? ' ' : c;
  }
  return out + "`";
}

inline std::string row(const std::vector<std::string>& cells) {
  std::string out = "|";
  for (const std::string& cell : cells) out += " " + cell + " |";
  return out + "\n";
}
inline std::string head(const std::vector<std::string>& cells) {
  std::string out = row(cells) + "|";
  for (std::size_t i = 0; i < cells.size(); ++i) out += "---|";
  return out + "\n";
}
inline std::string codes(const ms::Node& list) {
  std::string out;
  for (ms::Node item : list.items()) out += (out.empty() ? "" : ", ") + code(item.str());
  return out;
}
