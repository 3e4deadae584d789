// The roles that the discovered plugins offer, by name. Answers from manifests; a plugin is loaded when the
// first instance of one of its roles is created. All functions may be called from several threads.
#pragma once
#include <functional>
#include <map>
#include <mutex>

#include "core/host/discovery.hpp"
#include "core/host/instance.hpp"

namespace modelsig {

class Registry {
 public:
  Registry(const ms_host* host, Discovery found);  // `host` must outlive every instance
  ~Registry();

  const Discovery& discovery() const { return found_; }  // plugins, refusals, warnings, notes

  const RoleManifest* find(std::string_view role) const;        // null if no plugin offers it
  const PluginFile* plugin_of(std::string_view role) const;     // null likewise
  std::vector<const RoleManifest*> roles(std::int32_t kind = 0) const;  // sorted by name; 0: of all kinds
  std::vector<std::string> names(std::int32_t kind = 0) const;  // the same, for did_you_mean
  // Stores that open a URI scheme, sorted by name.
  std::vector<const RoleManifest*> stores_for(std::string_view scheme) const;

  // As find(), but throws Error "no plugin offers 'layer.shpae', did you mean 'layer.shape'?"; where a refused
  // plugin may be the reason, it says so.
  const RoleManifest& require(std::string_view role) const;

  // `options`: complete, see Instance. Throws Error; a plugin that cannot be loaded says the same each time.
  std::shared_ptr<Instance> create(std::string_view role, const Value& options, ms_call* call);
  // id and version of the plugins that were loaded so far, in discovery order
  std::vector<std::pair<std::string, std::string>> loaded() const;
  // Loads the plugin of a role, as create() would: for checks.
  std::shared_ptr<const Plugin> load(std::string_view role);

 private:
  struct Slot {
    const PluginFile* file;
    mutable std::mutex mutex;
    std::shared_ptr<const Plugin> plugin;  // null until needed
    std::string failure;
  };
  struct Offer { const RoleManifest* role; Slot* slot; };

  const ms_host* host_;
  const Discovery found_;
  std::vector<std::unique_ptr<Slot>> slots_;
  std::map<std::string, Offer, std::less<>> offers_;
};

}  // namespace modelsig
