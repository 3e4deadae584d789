// A rule set: rule files laid over each other, compiled once, asked often. Matching only: which tables there
// are, and what their labels and payload keys mean, is decided by the files and by the plugins that read them.
// configs/rules/README.md is the language of the files.
//
//   const auto rules = RuleSet::load(paths);               // built-in < organisation < pipeline < command line
//   if (const Value* rule = rules->match("table", "subject")) use((*rule)["payload"]);
//
// A rule is an object with all keys of its file but the placing ones (before, first, remove), and "at", the
// "file:line" it stands at. Every Value and pointer given out lives as long as the set.
// Threads: everything is const behind load() and may be called from any number of threads.
#pragma once
#include <filesystem>
#include <memory>
#include <mutex>
#include <span>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "core/rules/index_names.hpp"
#include "core/value/value.hpp"

namespace modelsig {

class Builder;
class RuleTable;

// A `hits` or `misses` string that a rule does not live up to.
struct RuleTestFailure {
  std::string table, id, at;  // at: "file:line" of the string
  std::string subject;
  bool hit;                   // true: the rule should have decided and did not; false: the reverse
  std::string matched;        // what decided instead, "rule 'id' (file:line)"; empty: nothing
  std::string text() const;   // one sentence
};

// What lint() found. error: a rule that is wrong or can never decide; else something that nobody tests or that is in vain.
struct RuleLint { bool error; std::string text; };

class RuleSet {
 public:
  // Files in order, later ones win; `extends` of a file is loaded ahead of it, no file twice. Throws Error
  // "file:line:column: ..." on the first mistake; "file: cannot be opened" (MS_NOT_FOUND) on a missing file.
  static std::shared_ptr<const RuleSet> load(std::span<const std::filesystem::path> files);
  // One file from memory; it can't extend others. `name` is what messages and "at" call it.
  static std::shared_ptr<const RuleSet> parse(std::string_view text, std::string name);

  ~RuleSet();
  RuleSet(const RuleSet&) = delete;
  RuleSet& operator=(const RuleSet&) = delete;

  const Value* table(std::string_view table) const;  // all rules in order, an array; null: no such table
  std::vector<std::string_view> tables() const;      // names, in order of first appearance
  // The first matching rule in order, null if none (or no such table); match_all: all of them, in order.
  const Value* match(std::string_view table, std::string_view subject) const;
  std::vector<const Value*> match_all(std::string_view table, std::string_view subject) const;

  // Index normalisation as [names] says. `out` is overwritten, its capacity reused.
  std::string abstract(std::string_view name) const;
  void abstract(std::string_view name, std::string& out) const { names_.apply(name, out); }

  // The labels of one abstract name, an object with a member for each table with subject = "tensor" that has an
  // answer: {"value", "rule", "at"}, a list of those if the table collects. Shares values: keep the set alive.
  void label(std::string_view abstract_name, Builder& out) const;

  // Why: {"name", "abstract", "tables": [{"table", "collect", "chain": [{"rule", "at", "value", "matcher",
  // "wins"}]}]} for the tables that label; every rule that matches is in the chain, in order.
  void explain(std::string_view name, Builder& out) const;
  // The same for one table of any kind, an item of "tables"; the subject is taken as it is.
  void explain(std::string_view table, std::string_view subject, Builder& out) const;
  std::vector<RuleTestFailure> run_tests() const;  // empty: every rule lives up to its hits and misses

  std::vector<RuleLint> lint() const;                // failed tests too

  const std::vector<std::filesystem::path>& files() const { return files_; }  // as read, `extends` included
  const std::string& digest() const { return digest_; }                       // of the texts of files(), 16 hex digits

 private:
  RuleSet();
  friend class RuleSetLoader;
  friend class RuleSetImage;
  const RuleTable* find(std::string_view table) const;
  void index_tables();
  const RuleSet& sourced() const;  // this set with the files its rules stand in: what explains and tests asks those
  void explain(const RuleTable& table, std::string_view subject, Builder& out) const;

  Document document_;  // what match() and table() point into
  std::vector<std::unique_ptr<RuleTable>> tables_;
  std::unordered_map<std::string_view, const RuleTable*> by_name_;
  IndexNames names_;
  std::vector<std::filesystem::path> files_;
  std::string digest_;
  std::string image_, answers_image_;  // what came from the Snapshot; empty: read from files
  bool remembers_ = false;
  mutable std::once_flag sourced_once_;
  mutable std::shared_ptr<const RuleSet> sourced_;
};

}  // namespace modelsig
