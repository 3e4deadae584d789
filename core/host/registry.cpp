#include "core/host/registry.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "core/value/nearest.hpp"

namespace modelsig {

Registry::Registry(const ms_host* host, Discovery found) : host_(host), found_(std::move(found)) {
  for (const PluginFile& file : found_.files) {
    slots_.push_back(std::make_unique<Slot>());
    slots_.back()->file = &file;
    for (const RoleManifest& role : file.manifest.roles) offers_.emplace(role.name, Offer{&role, slots_.back().get()});
  }
}

Registry::~Registry() = default;

const RoleManifest* Registry::find(std::string_view role) const {
  const auto it = offers_.find(role);
  return it == offers_.end() ? nullptr : it->second.role;
}

const PluginFile* Registry::plugin_of(std::string_view role) const {
  const auto it = offers_.find(role);
  return it == offers_.end() ? nullptr : it->second.slot->file;
}

std::vector<const RoleManifest*> Registry::roles(std::int32_t kind) const {
  std::vector<const RoleManifest*> out;
  for (const auto& [name, offer] : offers_)
    if (!kind || offer.role->kind == kind) out.push_back(offer.role);
  return out;
}

std::vector<std::string> Registry::names(std::int32_t kind) const {
  std::vector<std::string> out;
  for (const RoleManifest* role : roles(kind)) out.push_back(role->name);
  return out;
}

std::vector<const RoleManifest*> Registry::stores_for(std::string_view scheme) const {
  std::vector<const RoleManifest*> out;
  for (const RoleManifest* role : roles(MS_STORE))
    if (std::ranges::find(role->schemes, scheme) != role->schemes.end()) out.push_back(role);
  return out;
}

const RoleManifest& Registry::require(std::string_view role) const {
  if (const RoleManifest* found = find(role)) return *found;
  std::string text = fmt::format("no plugin offers '{}'", role);
  if (const std::string close = did_you_mean(role, names(role_kind(role.substr(0, role.find('.'))))); !close.empty()) text += close;
  else if (found_.folders.empty() && found_.files.empty()) text += ", no folder with plugins was found";
  if (!found_.refusals.empty()) text += fmt::format(" ({} refused, the first: {})", found_.refusals.size(), found_.refusals[0].sentence());
  throw Error(text, MS_NOT_FOUND);
}

std::shared_ptr<const Plugin> Registry::load(std::string_view role) {
  require(role);
  Slot& slot = *offers_.find(role)->second.slot;
  std::lock_guard guard(slot.mutex);
  if (!slot.failure.empty()) throw Error(slot.failure, MS_UNAVAILABLE);
  if (slot.plugin) return slot.plugin;
  try {
    slot.plugin = std::make_shared<const Plugin>(*slot.file);
  } catch (const Error& error) {
    slot.failure = error.what();
    throw Error(slot.failure, MS_UNAVAILABLE);
  }
  return slot.plugin;
}

std::shared_ptr<Instance> Registry::create(std::string_view role, const Value& options, ms_call* call) {
  std::shared_ptr<const Plugin> plugin = load(role);
  const ms_role& found = *plugin->find(role);
  return std::make_shared<Instance>(host_, call, std::move(plugin), found, options);
}

std::vector<std::pair<std::string, std::string>> Registry::loaded() const {
  std::vector<std::pair<std::string, std::string>> out;
  for (const auto& slot : slots_) {
    std::lock_guard guard(slot->mutex);
    if (slot->plugin) out.emplace_back(slot->file->id, slot->file->version);
  }
  return out;
}

}  // namespace modelsig
