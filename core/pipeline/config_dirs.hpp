// Where pipelines, rules and policies are looked up by name: the user's folder, the machine's, the built-in one.
#pragma once
#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

namespace modelsig {

class ConfigDirs {
 public:
  // Nearest first: $XDG_CONFIG_HOME/modelsig (else ~/.config/modelsig), /etc/modelsig, <binary>/../share/modelsig.
  static ConfigDirs standard(const std::filesystem::path& binary);
  explicit ConfigDirs(std::vector<std::filesystem::path> dirs) : dirs_(std::move(dirs)) {}

  // `text` is a path if it ends in .toml and exists, else a name: <dir>/<kind>/<text>.toml, nearest first.
  // `beside`: a file that names it; relative paths are tried beside that first. Throws Error with the near names.
  std::filesystem::path find(std::string_view kind, std::string_view text, const std::filesystem::path& beside = {}) const;
  std::vector<std::string> names(std::string_view kind) const;           // sorted, without .toml
  std::vector<std::filesystem::path> all(std::string_view kind) const;   // <dir>/<kind> that exist, built-in first
  const std::vector<std::filesystem::path>& dirs() const { return dirs_; }
  // The organisation's folders, those of dirs() but the built-in one, nearest first.
  std::vector<std::filesystem::path> organisation() const { return {dirs_.begin(), dirs_.empty() ? dirs_.end() : dirs_.end() - 1}; }
  // Its rules: organisation/rules/*.toml, /etc first, the user's last (later ones win), each folder by name. Not those in
  // folders below, and not those that take the place of a built-in set by having its name.
  std::vector<std::filesystem::path> organisation_rules() const;

 private:
  std::vector<std::filesystem::path> dirs_;
};

}  // namespace modelsig
