#include "headers.hpp"

#include <curl/curl.h>

#include <algorithm>
#include <cctype>
#include <charconv>
#include <ctime>

#include "limits.hpp"

namespace hub {
namespace {

std::string_view trimmed(std::string_view text) {
  while (!text.empty() && std::isspace(static_cast<unsigned char>(text.front()))) text.remove_prefix(1);
  while (!text.empty() && std::isspace(static_cast<unsigned char>(text.back()))) text.remove_suffix(1);
  return text;
}

// value of ";r=12" or ", reset=12" in a structured field
std::optional<std::uint64_t> parameter(std::string_view value, std::string_view name) {
  for (std::size_t at = 0; at < value.size();) {
    const std::size_t end = std::min(value.find_first_of(";,", at), value.size());
    const std::string_view item = trimmed(value.substr(at, end - at));
    if (item.size() > name.size() && item.substr(0, name.size()) == name && item[name.size()] == '=')
      return whole_number(trimmed(item.substr(name.size() + 1)));
    at = end + 1;
  }
  return std::nullopt;
}

}  // namespace

void Headers::add_line(std::string_view line) {
  const auto colon = line.find(':');
  if (colon == std::string_view::npos || colon == 0 || fields_.size() >= limits::header_lines) return;
  std::string name(trimmed(line.substr(0, colon)));
  std::transform(name.begin(), name.end(), name.begin(), [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
  fields_[std::move(name)] = trimmed(line.substr(colon + 1));
}

std::string_view Headers::get(std::string_view name) const {
  const auto found = fields_.find(name);
  return found == fields_.end() ? std::string_view{} : found->second;
}

std::optional<std::uint64_t> whole_number(std::string_view text) {
  std::uint64_t out = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), out);
  if (error != std::errc() || end != text.data() + text.size() || text.empty()) return std::nullopt;
  return out;
}

std::optional<ContentRange> content_range(std::string_view value) {
  value = trimmed(value);
  if (value.substr(0, 6) != "bytes ") return std::nullopt;
  value = trimmed(value.substr(6));
  const auto slash = value.find('/');
  if (slash == std::string_view::npos) return std::nullopt;
  ContentRange out;
  out.total = whole_number(value.substr(slash + 1));
  const std::string_view span = value.substr(0, slash);
  if (span == "*") return out;
  const auto dash = span.find('-');
  if (dash == std::string_view::npos) return std::nullopt;
  out.first = whole_number(span.substr(0, dash));
  out.last = whole_number(span.substr(dash + 1));
  if (!out.first || !out.last || *out.last < *out.first) return std::nullopt;
  return out;
}

std::optional<std::chrono::milliseconds> rate_limit_reset(const Headers& headers) {
  std::string_view value = headers.get("ratelimit");
  if (value.empty()) return std::nullopt;
  auto left = parameter(value, "r");
  if (!left) left = parameter(value, "remaining");
  auto reset = parameter(value, "t");
  if (!reset) reset = parameter(value, "reset");
  if (!left || *left > 0 || !reset || *reset > 86'400) return std::nullopt;
  return std::chrono::milliseconds(*reset * 1000);
}

std::optional<std::chrono::milliseconds> asked_pause(const Head& head) {
  const std::string_view after = head.headers.get("retry-after");
  if (const auto seconds = whole_number(after)) return std::chrono::milliseconds(std::min<std::uint64_t>(*seconds, 86'400) * 1000);
  if (!after.empty()) {
    const std::time_t when = curl_getdate(std::string(after).c_str(), nullptr), now = std::time(nullptr);
    if (when != -1) return std::chrono::milliseconds(when > now ? (when - now) * 1000 : 0);
  }
  return rate_limit_reset(head.headers);
}

std::optional<std::string> next_page(std::string_view link) {
  while (!link.empty()) {
    const auto open = link.find('<'), close = link.find('>', open == std::string_view::npos ? 0 : open);
    if (open == std::string_view::npos || close == std::string_view::npos) return std::nullopt;
    const auto end = std::min(link.find('<', close), link.size());
    const std::string_view parameters = link.substr(close + 1, end - close - 1);
    if (parameters.find("rel=\"next\"") != std::string_view::npos || parameters.find("rel=next") != std::string_view::npos)
      return std::string(link.substr(open + 1, close - open - 1));
    link.remove_prefix(end);
  }
  return std::nullopt;
}

bool is_commit(std::string_view text) {
  return text.size() == 40 && std::all_of(text.begin(), text.end(), [](unsigned char c) { return std::isxdigit(c) != 0; });
}

}  // namespace hub
