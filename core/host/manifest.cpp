#include "core/host/manifest.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>
#include <modelsig/abi.h>

#include <algorithm>
#include <array>
#include <span>

#include "core/host/options.hpp"
#include "core/value/nearest.hpp"

namespace modelsig {

namespace {

using Words = std::vector<std::string>;

const Words kKinds = {"store", "format", "layer", "comparator", "advisor", "formatter"};  // MS_STORE is 1
const Words kTypes = {"integer", "number", "boolean", "string", "list"};                   // as in OptionType
const Words kProvides = {"tensors", "config"};

// Reads the members of one table and complains at their places.
class Table {
 public:
  Table(const TomlFile& file, const Value& table, std::string_view what, const Words& keys) : file_(file), table_(table), what_(what) {
    if (!table.is(Kind::object)) file.fail(table, fmt::format("{} is not a table", what));
    for (std::size_t i = 0; i < table.size(); ++i)
      if (std::ranges::find(keys, table.key(i)) == keys.end())
        file.fail_key(table.at(i), fmt::format("{} has no key '{}'{}", what, table.key(i), nearest_or_all(table.key(i), keys)));
  }

  std::string text(std::string_view key, bool needed = false) const {
    const Value* v = table_.find(key);
    if (!v && needed) file_.fail_key(table_, fmt::format("{} has no '{}'", what_, key));
    if (!v) return "";
    if (!v->is(Kind::string)) file_.fail(*v, fmt::format("'{}' is not a string", key));
    return std::string(v->str());
  }

  Words texts(std::string_view key) const {
    Words out;
    const Value* v = table_.find(key);
    if (!v) return out;
    if (!v->is(Kind::array) || !v->size()) file_.fail(*v, fmt::format("'{}' is not a list of strings", key));
    for (const Value& item : v->items()) {
      if (!item.is(Kind::string) || item.str().empty()) file_.fail(item, fmt::format("'{}' holds something other than a string", key));
      out.emplace_back(item.str());
    }
    return out;
  }

  Value::Items tables(std::string_view key) const {
    const Value* v = table_.find(key);
    if (!v) return {nullptr, nullptr};
    if (!v->is(Kind::array)) file_.fail_key(*v, fmt::format("'{}' is not an array of tables, write [[{}]]", key, key));
    return v->items();
  }

  std::size_t word(std::string_view key, const Words& words) const {
    const std::string found = text(key, true);
    const auto it = std::ranges::find(words, found);
    if (it == words.end())
      file_.fail(table_[key], fmt::format("'{}' is \"{}\", expected {}", key, found, fmt::join(words, ", ")));
    return static_cast<std::size_t>(it - words.begin());
  }

 private:
  static std::string nearest_or_all(std::string_view key, const Words& keys) {
    const std::string close = did_you_mean(key, keys);
    return close.empty() ? fmt::format(", expected {}", fmt::join(keys, ", ")) : close;
  }
  const TomlFile& file_;
  const Value& table_;
  std::string_view what_;
};

bool is_name(std::string_view text) {
  return !text.empty() && std::ranges::all_of(text, [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '_' || c == '-' || c == '.';
  });
}

OptionManifest parse_option(const TomlFile& file, const Value& value) {
  const Table table(file, value, "an option", {"name", "type", "default", "min", "max", "enum", "help"});
  OptionManifest out;
  out.name = table.text("name", true);
  if (!is_name(out.name)) file.fail(value["name"], fmt::format("option name '{}' holds something other than a-z 0-9 _ - .", out.name));
  out.help = table.text("help");
  out.type = static_cast<OptionType>(table.word("type", kTypes));
  out.choices = table.texts("enum");
  if (!out.choices.empty() && out.type != OptionType::string && out.type != OptionType::list)
    file.fail_key(value["enum"], "'enum' is for options of type string or list");
  for (auto [key, bound] : {std::pair("min", &out.min), std::pair("max", &out.max)}) {
    const Value* v = value.find(key);
    if (!v) continue;
    if (out.type != OptionType::integer && out.type != OptionType::number)
      file.fail_key(*v, fmt::format("'{}' is for options of type integer or number", key));
    if (const std::string why = refuse_value({out.name, "", out.type, nullptr, nullptr, nullptr, {}}, *v); !why.empty())
      file.fail(*v, fmt::format("'{}' {}", key, why));
    *bound = v;
  }
  out.initial = value.find("default");
  if (!out.initial) return out;
  if (const std::string why = refuse_value(out, *out.initial); !why.empty()) file.fail(*out.initial, "'default' " + why);
  return out;
}

RoleManifest parse_role(const TomlFile& file, const Value& value) {
  const Table table(file, value, "a role", {"name", "summary", "schemes", "suffixes", "provides", "reads", "option"});
  RoleManifest out;
  out.name = table.text("name", true);
  out.summary = table.text("summary");
  const std::size_t dot = out.name.find('.');
  if (dot == out.name.npos || dot + 1 == out.name.size() || !is_name(out.name))
    file.fail(value["name"], fmt::format("role name '{}' is not kind.name with a-z 0-9 _ - .", out.name));
  const std::string kind = out.name.substr(0, dot);
  out.kind = role_kind(kind);
  if (!out.kind) file.fail(value["name"], fmt::format("'{}' is no kind of role, expected {}", kind, fmt::join(kKinds, ", ")));

  out.schemes = table.texts("schemes");
  if (out.kind != MS_STORE && !out.schemes.empty()) file.fail_key(value["schemes"], "'schemes' is for stores");
  for (const char* key : {"suffixes", "provides"})
    if (const Value* v = value.find(key); v && out.kind != MS_FORMAT) file.fail_key(*v, fmt::format("'{}' is for formats", key));
  if (const Value* v = value.find("reads"); v && out.kind != MS_LAYER) file.fail_key(*v, "'reads' is for layers");
  out.reads = table.texts("reads");
  out.suffixes = table.texts("suffixes");
  if (out.kind == MS_FORMAT) out.provides = value.find("provides") ? kProvides[table.word("provides", kProvides)] : kProvides[0];

  for (const Value& option : table.tables("option")) {
    out.options.push_back(parse_option(file, option));
    if (out.find(out.options.back().name) != &out.options.back())
      file.fail(option["name"], fmt::format("{} has two options '{}'", out.name, out.options.back().name));
  }
  return out;
}

}  // namespace

std::string_view option_type_name(OptionType type) { return kTypes[static_cast<std::size_t>(type)]; }

std::int32_t role_kind(std::string_view word) {
  const auto it = std::ranges::find(kKinds, word);
  return it == kKinds.end() ? 0 : static_cast<std::int32_t>(it - kKinds.begin()) + MS_STORE;
}

std::string_view role_kind_name(std::int32_t kind) {
  return kind >= MS_STORE && kind <= MS_FORMATTER ? std::string_view(kKinds[static_cast<std::size_t>(kind - MS_STORE)]) : "unknown kind";
}

const OptionManifest* RoleManifest::find(std::string_view option) const {
  const auto it = std::ranges::find(options, option, &OptionManifest::name);
  return it == options.end() ? nullptr : &*it;
}

const RoleManifest* Manifest::find(std::string_view role) const {
  const auto it = std::ranges::find(roles, role, &RoleManifest::name);
  return it == roles.end() ? nullptr : &*it;
}

Manifest Manifest::parse(std::shared_ptr<const TomlFile> file) {
  const Table table(*file, file->root(), "a manifest", {"id", "summary", "role"});
  Manifest out;
  out.id = table.text("id");
  out.summary = table.text("summary");
  for (const Value& role : table.tables("role")) {
    out.roles.push_back(parse_role(*file, role));
    if (out.find(out.roles.back().name) != &out.roles.back())
      file->fail(role["name"], fmt::format("two roles are called '{}'", out.roles.back().name));
  }
  if (out.roles.empty()) throw Error(file->name() + ": has no [[role]], a plugin has at least one");
  out.file = std::move(file);
  return out;
}

}  // namespace modelsig
