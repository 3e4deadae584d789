// A plugin in memory. Loading checks again what its file said, then every role, table and function pointer,
// so nothing behind this class needs to look for null. It is never unloaded: objects of a plugin may outlive
// any handle we hold, and leak checkers lose the names of an unloaded library.
#pragma once
#include <memory>
#include <string_view>
#include <vector>

#include "core/host/plugin_file.hpp"

namespace modelsig {

class Plugin {
 public:
  // Throws Error "path: cannot be loaded: undefined symbol: x", "path: role 'layer.x' has no create()" ...
  explicit Plugin(const PluginFile& file);

  bool thread_safe() const { return (flags_ & MS_PLUGIN_THREAD_SAFE) != 0; }
  const ms_role* find(std::string_view role) const;

 private:
  void read_roles(const PluginFile& file, const ms_plugin& descriptor);

  std::uint32_t flags_ = 0;
  std::vector<ms_role> roles_;  // copies: the plugin's own may be smaller or larger than ours
};

}  // namespace modelsig
