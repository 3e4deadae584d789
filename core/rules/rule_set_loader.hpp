// Builds a RuleSet: reads files and what they extend, lays them over each other, compiles. Inside core/rules only.
#pragma once
#include <set>

#include "core/rules/overlay.hpp"
#include "core/rules/rule_set.hpp"

namespace modelsig {

class RuleSetLoader {
 public:
  static constexpr std::size_t kMaxProgram = 1u << 20;  // instructions of all patterns of a set, 16 bytes each

  RuleSetLoader();
  void read(const std::filesystem::path& path);
  void add(std::shared_ptr<const TomlFile> toml);   // no `extends` in it
  std::shared_ptr<const RuleSet> finish();

 private:
  void add(const RuleFile& file, const std::filesystem::path& path);
  void read_extended(const RuleFile& file, const std::filesystem::path& path);
  std::unique_ptr<RuleTable> compile(const Overlay::Table& from);
  void add_text(RuleTable& table, std::uint32_t index, bool fold, const Value& text);

  std::shared_ptr<RuleSet> set_;
  Overlay overlay_;
  std::set<std::filesystem::path> done_;            // canonical
  std::vector<std::filesystem::path> open_;         // canonical, the chain of `extends` being read
  std::size_t program_size_ = 0;
  std::uint64_t hash_;
};

}  // namespace modelsig
