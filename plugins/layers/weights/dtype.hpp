// The name reports use for a dtype, whatever the container calls it: rule table "dtype" (id -> value), as
// spelled, then in capitals. An unknown dtype is carried on in capitals, never dropped.
#pragma once
#include <modelsig/plugin.hpp>

#include <algorithm>
#include <string>

inline std::string dtype_name(const ms::Call& call, std::string_view raw) {
  if (ms::Node rule = call.rule("dtype", raw)) return std::string(rule["value"].str());
  std::string upper(raw);
  std::transform(upper.begin(), upper.end(), upper.begin(), [](char c) { return c >= 'a' && c <= 'z' ? static_cast<char>(c - 'a' + 'A') : c; });
  if (ms::Node rule = call.rule("dtype", upper)) return std::string(rule["value"].str());
  return upper.empty() ? "UNKNOWN" : upper;
}
