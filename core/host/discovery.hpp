// Where plugins are looked for, and what is there. In order of precedence:
//   1. the folders that were said (--plugin-dir; relative is fine, it must exist)
//   2. MODELSIG_PLUGIN_PATH, folders separated by ':' (absolute only)
//   3. $XDG_DATA_HOME/modelsig/plugins, by default ~/.local/share/modelsig/plugins
//   4. the organisation's: $XDG_CONFIG_HOME/modelsig/plugins (by default ~/.config/...), then /etc/modelsig/plugins
//   5. ../lib/modelsig/plugins beside the folder of the program
// Never the current directory: a plugin is code, and a checked-out repository must not bring its own.
// In each folder all *.so, by name. A plugin whose id was found in an earlier folder is overridden; one that
// offers a role of another plugin is refused, for it would be chance which of the two runs.
#pragma once
#include <optional>
#include <vector>

#include "core/host/plugin_file.hpp"

namespace modelsig {

struct PluginSearch {
  std::vector<std::filesystem::path> said;
  std::optional<std::string> plugin_path;     // MODELSIG_PLUGIN_PATH
  std::optional<std::string> data_home, home; // XDG_DATA_HOME, HOME
  std::vector<std::filesystem::path> organisation;  // its plugin folders, nearest first
  std::filesystem::path program;              // the running binary; empty: none
  std::vector<StaticPlugin> linked;           // before all folders

  static PluginSearch from_environment(std::vector<std::filesystem::path> said = {});
};

struct Discovery {
  std::vector<std::filesystem::path> folders; // those that were looked into
  std::vector<PluginFile> files;              // ready to be loaded
  std::vector<Refusal> refusals;
  std::vector<std::string> warnings;          // entries of the search path that were ignored
  std::vector<std::string> notes;             // overridden plugins
};

Discovery discover(const PluginSearch& search);  // throws Error if a folder that was said is none

}  // namespace modelsig
