#include "core/host/options.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <cmath>

#include "core/value/builder.hpp"
#include "core/value/nearest.hpp"

namespace modelsig {

namespace {

std::string_view kind_name(Kind kind) {
  switch (kind) {
    case Kind::null: return "null";
    case Kind::boolean: return "a boolean";
    case Kind::integer: case Kind::natural: return "an integer";
    case Kind::real: return "a number";
    case Kind::string: return "a string";
    case Kind::array: return "a list";
    case Kind::object: return "a table";
  }
  return "nothing known";
}

bool has_type(const Value& value, OptionType type) {
  switch (type) {
    case OptionType::integer: return value.is_integer();
    case OptionType::number: return value.is_number();
    case OptionType::boolean: return value.is(Kind::boolean);
    case OptionType::string: return value.is(Kind::string);
    case OptionType::list: return value.is(Kind::array);
  }
  return false;
}

std::string shown(const Value& v) {
  if (v.is(Kind::natural)) return fmt::format("{}", v.u64());
  if (v.is(Kind::integer)) return fmt::format("{}", v.i64());
  if (v.is(Kind::real)) return fmt::format("{}", v.f64());
  if (v.is(Kind::string)) return fmt::format("\"{}\"", v.str().substr(0, 80));
  return std::string(kind_name(v.kind()));
}

bool less(const Value& a, const Value& b) {
  if (a.is(Kind::integer) && b.is(Kind::integer)) return a.i64() < b.i64();
  if (a.is_integer() && b.is_integer()) return a.is(Kind::natural) ? b.is(Kind::natural) && a.u64() < b.u64() : true;
  return a.f64() < b.f64();
}

[[noreturn]] void fail(const TomlFile* source, const Value& value, bool at_key, const std::string& text) {
  if (source && source->position(value).line) {
    if (at_key) source->fail_key(value, text);
    source->fail(value, text);
  }
  throw Error(text);
}

}  // namespace

std::string refuse_value(const OptionManifest& option, const Value& value) {
  if (!has_type(value, option.type)) return fmt::format("is {}, expected {} {}", kind_name(value.kind()),
      option.type == OptionType::integer ? "an" : "a", option_type_name(option.type));
  if (value.is(Kind::real) && !std::isfinite(value.f64())) return fmt::format("is {}, expected a finite number", value.f64());
  if (option.min && less(value, *option.min)) return fmt::format("is {}, expected at least {}", shown(value), shown(*option.min));
  if (option.max && less(*option.max, value)) return fmt::format("is {}, expected at most {}", shown(value), shown(*option.max));
  if (option.choices.empty()) return "";
  const auto refuse = [&](std::string_view verb, const Value& v) -> std::string {
    if (v.is(Kind::string) && std::ranges::find(option.choices, v.str()) != option.choices.end()) return "";
    return fmt::format("{} {}, expected {}{}", verb, shown(v), fmt::join(option.choices, ", "),
                       v.is(Kind::string) ? did_you_mean(v.str(), option.choices) : "");
  };
  if (option.type == OptionType::string) return refuse("is", value);
  for (const Value& item : value.items())
    if (std::string why = refuse("holds", item); !why.empty()) return why;
  return "";
}

Value complete_options(const RoleManifest& role, const Value& given, const TomlFile* source, Document& into) {
  if (!given.is(Kind::object) && !given.is(Kind::null))
    fail(source, given, false, fmt::format("the options of {} are {}, expected a table", role.name, kind_name(given.kind())));
  for (std::size_t i = 0, count = given.is(Kind::object) ? given.size() : 0; i < count; ++i) {
    const Value& value = given.at(i);
    const OptionManifest* option = role.find(given.key(i));
    if (!option) {
      std::vector<std::string> names;
      for (const OptionManifest& o : role.options) names.push_back(o.name);
      fail(source, value, true, fmt::format("{} has no option '{}'{}", role.name, given.key(i),
           names.empty() ? ", it takes none" : did_you_mean(given.key(i), names)));
    }
    if (const std::string why = refuse_value(*option, value); !why.empty())
      fail(source, value, false, fmt::format("option '{}' of {} {}", option->name, role.name, why));
  }
  Builder out(into);
  out.begin('{');
  for (const OptionManifest& option : role.options) {
    const Value* value = given.find(option.name);
    if (!value) value = option.initial;
    if (value) out.key(option.name), out.copy(*value);
  }
  out.end();
  return out.finish();
}

}  // namespace modelsig
