// Builds a RuleSet: reads files and what they extend, lays them over each other, compiles. Inside core/rules only.
#pragma once
#include <set>

#include "core/rules/matcher.hpp"
#include "core/rules/overlay.hpp"
#include "core/rules/rule_set.hpp"
#include "core/value/file_identity.hpp"

namespace modelsig {

class RuleSetLoader {
 public:
  static constexpr std::size_t kMaxProgram = 1u << 18;       // instructions, 16 bytes each, where RE2::Set does not do
  static constexpr std::size_t kMaxPatternTables = 256;      // tables with patterns: each takes a RE2::Set's memory

  RuleSetLoader();
  void read(const std::filesystem::path& path);
  void add(std::shared_ptr<const TomlFile> toml);   // no `extends` in it
  std::shared_ptr<RuleSet> finish();

 private:
  void add(const RuleFile& file, const std::filesystem::path& path);
  void read_extended(const RuleFile& file, const std::filesystem::path& path);
  std::unique_ptr<RuleTable> compile(const Overlay::Table& from);
  [[noreturn]] static void refuse(const Rule& rule, const Value& text, const Matcher::BadPattern& bad);

  std::shared_ptr<RuleSet> set_;
  Overlay overlay_;
  struct Open { FileIdentity identity; std::string name; };
  std::set<FileIdentity> done_;
  std::vector<Open> open_;                          // the chain of `extends` being read
  std::size_t budget_ = kMaxProgram, pattern_tables_ = 0;
  std::uint64_t hash_;
};

}  // namespace modelsig
