// Rule files laid over each other: a rule with the table and id of an earlier one takes its place, `remove`
// deletes it, new ids go to the end, or where `before` or `first` puts them.
#pragma once
#include <list>
#include <unordered_map>
#include <vector>

#include "core/rules/rule_file.hpp"

namespace modelsig {

class Overlay {
 public:
  struct Table {
    std::string_view name;
    bool declared = false, labels = false, collect = false, ignore_case = false;
    TablePayload payload;
    std::list<Rule> rules;
    std::unordered_map<std::string_view, std::list<Rule>::iterator> by_id;
  };

  void add(const RuleFile& file);  // throws Error
  void finish() const;             // what only all files together show; throws Error
  const std::list<Table>& tables() const { return tables_; }
  const IndexNames& names() const { return names_; }

 private:
  Table& table(std::string_view name);
  static void add(Table& table, const std::vector<Rule>& rules);

  std::list<Table> tables_;        // order of first appearance
  std::unordered_map<std::string_view, Table*> by_name_;
  std::vector<std::shared_ptr<const TomlFile>> files_;  // the names above point into them
  IndexNames names_;
};

}  // namespace modelsig
