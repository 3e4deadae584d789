#include "core/rules/check.hpp"

#include <fmt/core.h>

#include <algorithm>

#include "core/value/nearest.hpp"

namespace modelsig::check {

std::string describe(const Value& value) {
  switch (value.kind()) {
    case Kind::null: return "nothing";
    case Kind::boolean: return "true or false";
    case Kind::integer: case Kind::natural: return "an integer";
    case Kind::real: return "a number";
    case Kind::string: return "a string";
    case Kind::array: return "a list";
    case Kind::object: return "a table";
  }
  return "a value";
}

std::string_view text(const TomlFile& file, const Value& value, std::string_view key) {
  if (!value.is(Kind::string)) file.fail(value, fmt::format("'{}' is {}, it must be a string", key, describe(value)));
  return value.str();
}

bool boolean(const TomlFile& file, const Value& value, std::string_view key) {
  if (!value.is(Kind::boolean)) file.fail(value, fmt::format("'{}' is {}, it must be true or false", key, describe(value)));
  return value.boolean();
}

std::vector<const Value*> texts(const TomlFile& file, const Value& value, std::string_view key, bool empty_ok) {
  std::vector<const Value*> out;
  if (value.is(Kind::array)) {
    if (!value.size()) file.fail(value, fmt::format("'{}' is an empty list, it needs at least one string", key));
    for (const Value& item : value.items()) out.push_back(&item);
  } else {
    out.push_back(&value);
  }
  for (const Value* item : out) {
    if (!item->is(Kind::string))
      file.fail(*item, item == &value ? fmt::format("'{}' is {}, it must be a string or a list of strings", key, describe(value))
                                      : fmt::format("an item of '{}' is {}, it must be a string", key, describe(*item)));
    if (!empty_ok && item->str().empty()) file.fail(*item, fmt::format("'{}' is empty, it needs at least one character", key));
  }
  return out;
}

void keys(const TomlFile& file, const Value& object, std::span<const std::string> allowed, std::string_view what) {
  for (const Member& m : object.members()) {
    if (std::find(allowed.begin(), allowed.end(), m.key) != allowed.end()) continue;
    const std::string hint = did_you_mean(m.key, allowed);
    file.fail_key(m.value, fmt::format("unknown key '{}' in {}{} are {}", m.key, what, hint.empty() ? "; allowed" : hint + " Allowed", join(allowed)));
  }
}

std::string join(std::span<const std::string> words) {
  std::string out;
  for (std::size_t i = 0; i < words.size(); ++i) out += (i ? i + 1 == words.size() ? " and " : ", " : "") + words[i];
  return out;
}

}  // namespace modelsig::check
