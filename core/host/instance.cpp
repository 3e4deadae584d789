#include "core/host/instance.hpp"

#include <fmt/format.h>

namespace modelsig {

Instance::Instance(const ms_host* host, ms_call* call, std::shared_ptr<const Plugin> plugin, const ms_role& role, const Value& options)
    : plugin_(std::move(plugin)), role_(&role), options_(options) {
  const ms_status status = role.create(host, call, reinterpret_cast<const ms_node*>(&options_), &self_);
  if (status == MS_OK) return;
  const bool known = status >= MS_CANCELLED && status <= MS_LIMIT;
  throw Error(fmt::format("{} could not be created, status {}", role.name, status), known ? status : MS_INTERNAL);
}

Instance::~Instance() { role_->destroy(self_); }

void Instance::expect(std::int32_t kind) const {
  if (kind != role_->kind) throw Error(fmt::format("{} is a {}, expected a {}", role_->name, role_kind_name(role_->kind), role_kind_name(kind)));
}

}  // namespace modelsig
