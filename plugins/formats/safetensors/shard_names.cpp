#include "shard_names.hpp"

#include <modelsig/kit/file_suffix.hpp>

#include <algorithm>
#include <charconv>
#include <cstdint>
#include <map>
#include <set>

namespace safetensors {
namespace {
constexpr unsigned MISSING_SHOWN = 5;
}

bool is_part(std::string_view name, Part& out, std::string_view suffix) {
  const std::size_t of = name.rfind("-of-");
  if (of == std::string_view::npos || !ms::has_suffix(name, suffix)) return false;
  std::size_t digits = of;
  while (digits > 0 && name[digits - 1] >= '0' && name[digits - 1] <= '9') --digits;
  const char* last = name.data() + name.size() - suffix.size();
  const auto a = std::from_chars(name.data() + digits, name.data() + of, out.number);
  const auto b = std::from_chars(name.data() + of + 4, last, out.count);
  out.set = name.substr(0, digits);
  return digits < of && a.ec == std::errc() && b.ec == std::errc() && b.ptr == last;
}

std::vector<MissingParts> missing_parts(const std::vector<std::string>& names, std::string_view suffix) {
  std::map<std::pair<std::string_view, unsigned>, std::set<unsigned>> sets;
  for (const std::string& name : names)
    if (Part part{}; is_part(name, part, suffix)) sets[{part.set, part.count}].insert(part.number);
  std::vector<MissingParts> out;
  for (const auto& [key, numbers] : sets) {
    const auto& [set, count] = key;
    if (numbers.size() >= count) continue;
    std::string missing;
    unsigned shown = 0;
    const std::uint64_t first = numbers.count(0) ? 0 : 1;
    for (std::uint64_t i = first; shown < MISSING_SHOWN && i < first + count; ++i)  // `count` may be anything: few turns all the same
      if (!numbers.count(static_cast<unsigned>(i))) missing.append(shown++ ? ", " : "").append(std::to_string(i));
    if (count - numbers.size() > shown) missing.append(", ...");
    out.push_back({std::string(set) + "*" + std::string(suffix),
                   std::to_string(numbers.size()) + " of " + std::to_string(count) + " shards are here, missing: " + missing + ": download them"});
  }
  return out;
}

std::string outside(std::string_view path) {
  if (path.empty()) return "is empty";
  if (path.front() == '/' || path.find('\\') != std::string_view::npos || path.find(':') != std::string_view::npos) return "is no path inside the model's folder";
  for (std::size_t begin = 0; begin <= path.size();) {
    const std::size_t end = std::min(path.find('/', begin), path.size());
    if (path.substr(begin, end - begin) == "..") return "leads out of the model's folder";
    begin = end + 1;
  }
  return path.find('\0') == std::string_view::npos ? "" : "holds a NUL";
}

}  // namespace safetensors
