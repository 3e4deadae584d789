// The header of one HTTP response, and the few header values we read.
#pragma once
#include <chrono>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>

namespace hub {

class Headers {
 public:
  void add_line(std::string_view line);  // "Name: value\r\n"; anything else is ignored
  void clear() { fields_.clear(); }
  std::size_t size() const { return fields_.size(); }
  std::string_view get(std::string_view lower_case_name) const;  // "" if absent; the last one wins

 private:
  std::map<std::string, std::string, std::less<>> fields_;
};

struct Head {
  int status = 0;
  Headers headers;
};

struct ContentRange {  // "bytes 0-99/12345", "bytes 0-99/*", "bytes */12345"
  std::optional<std::uint64_t> first, last, total;
};
std::optional<ContentRange> content_range(std::string_view value);

std::optional<std::uint64_t> whole_number(std::string_view text);

// How long the server asks us to stay away: Retry-After (seconds or a date), or the reset of a RateLimit
// that is used up ("resolvers";r=0;t=212).
std::optional<std::chrono::milliseconds> asked_pause(const Head& head);
// The same of a good answer: the last request of this window was ours.
std::optional<std::chrono::milliseconds> rate_limit_reset(const Headers& headers);

// <https://...?cursor=abc>; rel="next"
std::optional<std::string> next_page(std::string_view link);

bool is_commit(std::string_view text);  // 40 hex digits

}  // namespace hub
