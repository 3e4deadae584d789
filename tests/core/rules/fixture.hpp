// Rule files in a folder of their own, gone with the test.
#pragma once
#include <gtest/gtest.h>
#include <stdlib.h>

#include <filesystem>
#include <fstream>
#include <initializer_list>
#include <string>

#include "core/rules/rule_set.hpp"
#include "core/value/error.hpp"

namespace modelsig {

class Folder {
 public:
  Folder() {
    std::string name = (std::filesystem::temp_directory_path() / "rules-XXXXXX").string();
    path_ = ::mkdtemp(name.data());
  }
  ~Folder() { std::filesystem::remove_all(path_); }
  void write(const std::string& name, std::string_view text) const {
    std::filesystem::create_directories((path_ / name).parent_path());
    std::ofstream(path_ / name) << text;
  }
  std::shared_ptr<const RuleSet> load(std::initializer_list<std::string> names) const {
    std::vector<std::filesystem::path> paths;
    for (const std::string& name : names) paths.push_back(path_ / name);
    return RuleSet::load(paths);
  }
  // what loading fails with, without the folder's own path; "" if it does not
  std::string error(std::initializer_list<std::string> names) const {
    try {
      load(names);
    } catch (const Error& e) {
      return relative(e.what());
    }
    return "";
  }
  std::string relative(std::string text) const {
    const std::string prefix = path_.string() + "/";
    for (auto at = text.find(prefix); at != std::string::npos; at = text.find(prefix)) text.erase(at, prefix.size());
    return text;
  }

 private:
  std::filesystem::path path_;
};

inline std::string ids(const RuleSet& rules, std::string_view table) {
  std::string out;
  if (const Value* all = rules.table(table))
    for (const Value& rule : all->items()) out.append(out.empty() ? "" : " ").append(rule["id"].str());
  return out;
}

inline std::string winner(const RuleSet& rules, std::string_view table, std::string_view subject) {
  const Value* rule = rules.match(table, subject);
  return rule ? std::string((*rule)["id"].str()) : "-";
}

inline std::string parse_error(std::string_view text) {
  try {
    RuleSet::parse(text, "r.toml");
  } catch (const Error& e) {
    return e.what();
  }
  return "";
}

}  // namespace modelsig
