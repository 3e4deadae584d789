// One role at work: what its create() returned, with the functions for it. Destroyed with the last owner;
// keeps its plugin. Its tables are checked: no function in them is null.
#pragma once
#include <memory>
#include <mutex>

#include "core/host/plugin.hpp"
#include "core/value/value.hpp"

namespace modelsig {

class Instance {
 public:
  // `options` are complete (complete_options) and their document must outlive the instance: a plugin may keep
  // what it was given. Throws Error with the status of create(); the text is where the host's fail() put it.
  Instance(const ms_host* host, ms_call* call, std::shared_ptr<const Plugin> plugin, const ms_role& role, const Value& options);
  ~Instance();
  Instance(const Instance&) = delete;
  Instance& operator=(const Instance&) = delete;

  std::string_view name() const { return role_->name; }
  std::int32_t kind() const { return role_->kind; }
  void* self() const { return self_; }

  // The functions; throws Error if the role is of another kind.
  const ms_store& store() const { return table<ms_store>(MS_STORE); }
  const ms_format& format() const { return table<ms_format>(MS_FORMAT); }
  const ms_layer& layer() const { return table<ms_layer>(MS_LAYER); }
  const ms_comparator& comparator() const { return table<ms_comparator>(MS_COMPARATOR); }
  const ms_advisor& advisor() const { return table<ms_advisor>(MS_ADVISOR); }
  const ms_formatter& formatter() const { return table<ms_formatter>(MS_FORMATTER); }

  // Hold it around every call of a function. Locks nothing if the plugin says that it is thread-safe.
  using Lock = std::unique_lock<std::mutex>;
  std::mutex* serial() { return plugin_->thread_safe() ? nullptr : &mutex_; }  // the same, to be held by others; null: none
  Lock lock() { return plugin_->thread_safe() ? Lock() : Lock(mutex_); }

 private:
  template <class T>
  const T& table(std::int32_t kind) const {
    expect(kind);
    return *static_cast<const T*>(role_->table);
  }
  void expect(std::int32_t kind) const;

  std::shared_ptr<const Plugin> plugin_;
  const ms_role* role_;  // of plugin_
  Value options_;        // at a stable address: the plugin sees it as a node
  void* self_ = nullptr;
  std::mutex mutex_;
};

}  // namespace modelsig
