// modelsig/kit/json_number.hpp - the text of a JSON number as Python's json module reads it: a whole number stays one
// (past 64 bits it becomes a real), everything else is the nearest double.
#pragma once
#include <charconv>
#include <cstdint>
#include <limits>
#include <string>
#include <string_view>
#include <variant>

namespace ms::json {

using Number = std::variant<std::int64_t, std::uint64_t, double>;

namespace detail {
inline double real(std::string_view text) {
  const bool minus = text.starts_with('-');
  if (text.ends_with("NaN")) return std::numeric_limits<double>::quiet_NaN();
  if (text.find('I') != std::string_view::npos) return minus ? -std::numeric_limits<double>::infinity() : std::numeric_limits<double>::infinity();
#if defined(_LIBCPP_VERSION)  // its from_chars knows no double yet
  return std::stod(std::string(text));
#else
  double value = 0;
  const auto error = std::from_chars(text.data(), text.data() + text.size(), value).ec;
  const bool tiny = text.substr(minus).starts_with('0') || text.find("e-") != std::string_view::npos || text.find("E-") != std::string_view::npos;
  if (error == std::errc::result_out_of_range && !tiny)
    return minus ? -std::numeric_limits<double>::infinity() : std::numeric_limits<double>::infinity();
  return value;
#endif
}
}  // namespace detail

// `text` is a JSON number, or NaN, Infinity, -Infinity.
inline Number number(std::string_view text) {
  const char* end = text.data() + text.size();
  std::int64_t whole = 0;
  if (const auto r = std::from_chars(text.data(), end, whole); r.ptr == end && r.ec == std::errc()) return whole;
  std::uint64_t large = 0;
  if (const auto r = std::from_chars(text.data(), end, large); r.ptr == end && r.ec == std::errc()) return large;
  return detail::real(text);
}

}  // namespace ms::json
