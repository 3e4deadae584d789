// modelsig/kit/number_text.hpp - numbers as text, and decimal rounding, from the exact binary value.
// Reports are compared as text, so these never depend on the locale or on a C library's rounding.
#pragma once
#include <charconv>
#include <cmath>
#include <cstdlib>
#include <string>
#include <string_view>
#include <system_error>

namespace ms::kit {

// Fixed notation with `digits` decimals; ties of the exact binary value go to the even digit.
inline std::string fixed(double value, int digits) {
  if (std::isnan(value)) return "nan";
  if (std::isinf(value)) return value < 0 ? "-inf" : "inf";
  char buffer[400];  // 309 digits before the point, and `digits` are few
  const auto end = std::to_chars(buffer, buffer + sizeof buffer, value, std::chars_format::fixed, digits);
  return end.ec == std::errc() ? std::string(buffer, end.ptr) : std::string("?");
}

// The double nearest to the decimal rounding: 2.675 is a little less, so rounded(2.675, 2) == 2.67.
inline double rounded(double value, int digits) {
  if (!std::isfinite(value)) return value;
  const std::string text = fixed(value, digits);
  double result = value;
  std::from_chars(text.data(), text.data() + text.size(), result);
  return result;
}

inline std::string percent(double share, int digits) { return fixed(share * 100.0, digits) + "%"; }

// The shortest text that reads back as the same double, always recognisable as a real number:
// 10000.0, 0.1, 1e-05, 1e+16. The exponent appears below 1e-4 and from 1e16 on, with two digits or more.
inline std::string shortest(double value) {
  if (std::isnan(value)) return "nan";
  if (std::isinf(value)) return value < 0 ? "-inf" : "inf";
  char buffer[40];
  const auto end = std::to_chars(buffer, buffer + sizeof buffer, value, std::chars_format::scientific);
  std::string_view text(buffer, static_cast<std::size_t>(end.ptr - buffer));
  std::string out;
  if (text.front() == '-') out += '-', text.remove_prefix(1);
  const std::size_t e = text.find('e');
  std::string digits(text.substr(0, e));
  if (digits.size() > 1) digits.erase(1, 1);  // the point
  const int exponent = std::atoi(std::string(text.substr(e + 1)).c_str());
  if (exponent < -4 || exponent >= 16) {
    out += digits[0];
    if (digits.size() > 1) out.append(".").append(digits, 1);
    const std::string power = std::to_string(std::abs(exponent));
    return out + (exponent < 0 ? "e-" : "e+") + (power.size() < 2 ? "0" : "") + power;
  }
  if (exponent < 0) return out + "0." + std::string(static_cast<std::size_t>(-exponent - 1), '0') + digits;
  const auto whole = static_cast<std::size_t>(exponent) + 1;
  if (digits.size() <= whole) return out + digits + std::string(whole - digits.size(), '0') + ".0";
  return out + digits.substr(0, whole) + "." + digits.substr(whole);
}

}  // namespace ms::kit
