// One rule file, checked as far as it can be on its own: keys, types, one matcher a rule, ids given once.
// Everything points into `toml`, so later checks (overlay, patterns) can still name line and column.
#pragma once
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/rules/index_names.hpp"
#include "core/value/toml_file.hpp"

namespace modelsig {

enum class MatcherKind : unsigned char { none, exact, prefix, suffix, contains, pattern };  // none: a data rule
std::string_view to_string(MatcherKind kind);

struct Rule {
  std::shared_ptr<const TomlFile> file;
  const Value* node = nullptr;           // the whole rule as written
  std::string_view id;
  MatcherKind kind = MatcherKind::none;
  std::vector<const Value*> texts;       // of the matcher: any of them will do
  const Value* label = nullptr;
  std::optional<bool> ignore_case;       // else the table's

  // how it is laid over earlier files
  bool remove = false, first = false;
  const Value* before = nullptr;
};

// For lint: the keys that the table's readers know (none said: any), which of them hold expressions, or ids of which table.
struct TablePayload {
  std::optional<std::vector<std::string>> keys;
  std::vector<std::string> expressions;
  std::map<std::string, std::string> refers;
};

struct TableSettings {                   // [table.x]; what a file leaves out stays as earlier files set it
  std::string_view table;
  std::optional<bool> labels, collect, ignore_case;  // labels: subject = "tensor"
  TablePayload payload;
};

struct RuleFile {
  std::shared_ptr<const TomlFile> toml;
  std::vector<const Value*> extends;
  std::vector<TableSettings> settings;
  struct Rules { std::string_view table; std::vector<Rule> rules; };
  std::vector<Rules> tables;             // in file order
  std::optional<IndexNames::Mode> index;
  std::optional<std::string> placeholder;

  static RuleFile check(std::shared_ptr<const TomlFile> toml);  // throws Error
};

}  // namespace modelsig
