// modelsig/testing/loaded_plugin.hpp - a built plugin, loaded as the kernel loads it, and instances of its roles.
#pragma once
#include <dlfcn.h>

#include <stdexcept>

#include "fake_host.hpp"

namespace ms::testing {

class LoadedPlugin {
 public:
  explicit LoadedPlugin(const std::string& path) {
    void* library = dlopen(path.c_str(), RTLD_NOW | RTLD_LOCAL);  // never closed: instances must not outlive it
    if (!library) throw std::runtime_error(dlerror());
    plugin_ = static_cast<const ms_plugin*>(dlsym(library, "modelsig_plugin_v1"));
    if (!plugin_) throw std::runtime_error(path + " exports no modelsig_plugin_v1");
  }
  const ms_plugin& plugin() const { return *plugin_; }
  const ms_role& role(std::string_view name) const {
    for (std::uint32_t i = 0; i < plugin_->role_count; ++i)
      if (plugin_->roles[i].name == name) return plugin_->roles[i];
    throw std::runtime_error("no role " + std::string(name) + " in " + plugin_->id);
  }

 private:
  const ms_plugin* plugin_;
};

// Table: ms_store, ms_format ... as the role's kind says. Options that are not given are absent, not defaulted.
template <class Table>
class Instance {
 public:
  Instance(FakeHost& host, const ms_role& role, Value options = Value::object())
      : role_(role), options_(std::move(options)) {
    if (role_.create(host.table(), host.call(), FakeHostTable::node(&options_), &self_) != MS_OK) throw std::runtime_error(host.failure);
  }
  ~Instance() { role_.destroy(self_); }
  Instance(const Instance&) = delete;
  Instance& operator=(const Instance&) = delete;

  const Table* operator->() const { return static_cast<const Table*>(role_.table); }
  void* self() const { return self_; }

 private:
  const ms_role& role_;
  const Value options_;
  void* self_ = nullptr;
};

}  // namespace ms::testing
