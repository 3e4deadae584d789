// A family file as written, merged with its ancestors: who wrote what where. Nothing inside the quoted lines is read here.
#pragma once
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "core/value/toml_file.hpp"

namespace modelsig::families {

// A value and the file it stands in, for messages.
struct Source {
  std::shared_ptr<const TomlFile> file;
  const Value* value = nullptr;
  explicit operator bool() const { return value != nullptr; }
  std::string where() const { return file ? file->where(*value) : std::string(); }
};

// A TOML table whose entries may come from several files; entries keep the order in which they were first given.
struct Section {
  std::vector<std::pair<std::string, Source>> entries;
  const Source* find(std::string_view key) const;
  void put(std::string_view key, Source source);  // replaces in place
};

struct FamilyFile {
  static constexpr std::size_t kMaxAncestors = 16, kMaxLines = 2000;
  struct Group { Source when, over, part; };
  // group: key in `groups`, with its #label. renamed: what happened to paths since, for those inside the text
  struct Line { std::string path; Source text; std::string group; std::vector<std::pair<std::string, std::string>> renamed; };

  std::string name;
  Source family;                                  // the list of model types; the file's own, never inherited
  Source class_name;
  std::string base;
  Section config, defaults, options, derived, index, heads, include, names;
  std::vector<Line> lines;
  std::map<std::string, Group, std::less<>> groups;
  std::vector<std::shared_ptr<const TomlFile>> files;  // the family's own first, then its ancestors

  // `open` finds the file of a family by name and throws Error if there is none.
  using Open = std::function<std::shared_ptr<const TomlFile>(std::string_view)>;
  static std::string_view label(std::string_view group);  // what is behind its #
  static std::string rename(std::string path, const std::string& from, const std::string& to);  // if `path` is at or below `from`
  static FamilyFile load(std::string_view name, const Open& open);
};

}  // namespace modelsig::families
