// modelsig/kit/sizes.hpp - a size as configs give it: a number, digits in a text, or a list with one a layer, of
// which the greatest counts. Not set (0, null, "", [] ...) is 0; what is no size at all has no value.
#pragma once
#include <charconv>
#include <cmath>
#include <cstdint>
#include <optional>
#include <string_view>

#include "truth.hpp"

namespace ms::kit {

inline std::optional<std::int64_t> size_of(const Node& value) {
  bool comparable = true;
  const Node one = greatest(value, comparable);
  if (!comparable) return std::nullopt;
  if (!truthy(one)) return 0;
  if (is_countable(one)) return one.is_bool() ? 1 : one.i64();
  if (one.kind() == 'd') {
    if (!(std::abs(one.f64()) < 9e18)) return std::nullopt;
    return static_cast<std::int64_t>(one.f64());
  }
  std::int64_t size = 0;
  const std::string_view digits = one.str();
  const auto end = std::from_chars(digits.data(), digits.data() + digits.size(), size);
  if (!one.is_string() || end.ec != std::errc() || end.ptr != digits.data() + digits.size()) return std::nullopt;
  return size;
}

}  // namespace ms::kit
