#include "core/rules/answers.hpp"

#include <cstring>

namespace modelsig::answers {

namespace {

void append(std::string& out, std::size_t number) {
  const auto n = static_cast<std::uint32_t>(number);
  out.append(reinterpret_cast<const char*>(&n), sizeof n);
}

bool take(std::string_view& from, std::uint32_t& number) {
  if (from.size() < sizeof number) return false;
  std::memcpy(&number, from.data(), sizeof number);
  from.remove_prefix(sizeof number);
  return true;
}

bool take(std::string_view& from, Matcher::Answers& out, std::size_t rules) {
  std::uint32_t subjects = 0, length = 0, count = 0;
  if (!take(from, subjects)) return false;
  for (; subjects > 0; --subjects) {
    if (!take(from, length) || length > from.size()) return false;
    std::vector<std::uint32_t>& found = out[std::string(from.substr(0, length))];
    from.remove_prefix(length);
    if (!take(from, count) || count > from.size() / sizeof count) return false;
    found.resize(count);
    for (std::uint32_t& rule : found)
      if (!take(from, rule) || rule >= rules) return false;
  }
  return true;
}

}  // namespace

std::string write(const Tables& tables) {
  std::string out;
  append(out, tables.size());
  for (const Matcher::Answers& table : tables) {
    append(out, table.size());
    for (const auto& [subject, rules] : table) {
      append(out, subject.size());
      out += subject;
      append(out, rules.size());
      for (const std::uint32_t rule : rules) append(out, rule);
    }
  }
  return out;
}

std::optional<Tables> read(std::string_view bytes, const std::vector<std::size_t>& rules) {
  std::uint32_t count = 0;
  if (!take(bytes, count) || count != rules.size()) return std::nullopt;
  Tables out(count);
  for (std::size_t i = 0; i < out.size(); ++i)
    if (!take(bytes, out[i], rules[i])) return std::nullopt;
  return bytes.empty() ? std::optional(std::move(out)) : std::nullopt;
}

}  // namespace modelsig::answers
