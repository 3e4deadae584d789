#include "core/host/plugin.hpp"

#include <dlfcn.h>
#include <fmt/format.h>

// Boost.DLL 1.74 uses these without including them
#include <algorithm>
#include <cstring>
#include <fstream>
#include <string>
#include <vector>

#include <boost/dll/shared_library.hpp>

namespace modelsig {

namespace {

// The 1.0 functions of each table, in order behind its eight bytes of size and padding.
struct TableShape {
  std::uint32_t size;
  std::vector<std::string_view> functions;
};

const TableShape& table_shape(std::int32_t kind) {
  static const TableShape shapes[] = {
      {MS_STORE_SIZE_1_0, {"open", "list", "read", "describe", "close"}},
      {MS_FORMAT_SIZE_1_0, {"probe", "parse"}},
      {MS_LAYER_SIZE_1_0, {"run"}},
      {MS_COMPARATOR_SIZE_1_0, {"prepare", "compare", "release"}},
      {MS_ADVISOR_SIZE_1_0, {"advise"}},
      {MS_FORMATTER_SIZE_1_0, {"format"}}};
  return shapes[kind - MS_STORE];
}

// the loader begins its text with the path, which stands in front already
std::string loader_text(const std::filesystem::path& path) {
  const char* text = ::dlerror();
  std::string_view out = text ? text : "the dynamic loader gave no reason";
  for (const std::string& prefix : {path.string() + ": ", path.string()})
    if (out.starts_with(prefix)) out.remove_prefix(prefix.size());
  return std::string(out);
}

const ms_plugin& load_library(const PluginFile& file) {
  namespace dll = boost::dll;
  // now: an undefined symbol is refused here and does not kill the process at its first call
  constexpr auto mode = static_cast<dll::load_mode::type>(RTLD_NOW | RTLD_LOCAL | RTLD_NODELETE);
  dll::shared_library library;
  std::error_code error;
  library.load(file.path, error, mode);
  if (error) throw Error(fmt::format("{}: cannot be loaded: {}", file.name(), loader_text(file.path)), MS_UNAVAILABLE);
  if (!library.has("modelsig_plugin_v1")) throw Error(file.name() + ": exports no modelsig_plugin_v1 once loaded, it was found in the file");
  return library.get<const ms_plugin>("modelsig_plugin_v1");
}

void check_table(const PluginFile& file, const ms_role& role) {
  const TableShape& shape = table_shape(role.kind);
  const auto fail = [&](const std::string& why) { throw Error(fmt::format("{}: role '{}' {}", file.name(), role.name, why)); };
  if (!role.create) fail("has no create()");
  if (!role.destroy) fail("has no destroy()");
  if (!role.table) fail("has no table of functions");
  const auto* bytes = static_cast<const char*>(role.table);
  std::uint32_t size;
  std::memcpy(&size, bytes, sizeof size);
  if (size < shape.size) fail(fmt::format("says its table has {} bytes, ABI 1.0 has {}", size, shape.size));
  for (std::size_t i = 0; i < shape.functions.size(); ++i) {
    std::uintptr_t function;
    std::memcpy(&function, bytes + 8 + i * sizeof function, sizeof function);
    if (!function) fail(fmt::format("has no {}()", shape.functions[i]));
  }
}

}  // namespace

Plugin::Plugin(const PluginFile& file) {
  const ms_plugin& descriptor = file.linked ? *file.linked : load_library(file);
  if (std::string why = refuse_descriptor(descriptor); !why.empty()) throw Error(file.name() + ": " + why);
  if (!descriptor.id || file.id != descriptor.id || descriptor.role_count != file.role_count)
    throw Error(fmt::format("{}: says something else once loaded, as '{}' with {} roles, than in the file, as '{}' with {}", file.name(),
                            descriptor.id ? descriptor.id : "", descriptor.role_count, file.id, file.role_count));
  flags_ = descriptor.flags;
  read_roles(file, descriptor);
}

void Plugin::read_roles(const PluginFile& file, const ms_plugin& descriptor) {
  const std::uint32_t stride = descriptor.role_stride;
  if (!descriptor.roles) throw Error(file.name() + ": has no list of roles");
  if (stride < MS_ROLE_SIZE_1_0 || stride % alignof(ms_role))
    throw Error(fmt::format("{}: says its roles are {} bytes apart, ABI 1.0 has {}", file.name(), stride, MS_ROLE_SIZE_1_0));
  for (std::uint32_t i = 0; i < descriptor.role_count; ++i) {
    const char* bytes = reinterpret_cast<const char*>(descriptor.roles) + std::size_t{i} * stride;
    ms_role role{};
    std::memcpy(&role.struct_size, bytes, sizeof role.struct_size);
    if (role.struct_size < MS_ROLE_SIZE_1_0 || role.struct_size > stride)
      throw Error(fmt::format("{}: role {} says it has {} bytes, expected {} to {}", file.name(), i, role.struct_size, MS_ROLE_SIZE_1_0, stride));
    std::memcpy(&role, bytes, std::min<std::size_t>(sizeof role, role.struct_size));
    const RoleManifest* said = role.name ? file.manifest.find(role.name) : nullptr;
    if (!said) throw Error(fmt::format("{}: role {} is called '{}', which its manifest does not list", file.name(), i, role.name ? role.name : ""));
    if (said->kind != role.kind)
      throw Error(fmt::format("{}: role '{}' is a {}, its descriptor says {}", file.name(), role.name, role_kind_name(said->kind), role_kind_name(role.kind)));
    if (find(role.name)) throw Error(fmt::format("{}: role '{}' stands twice in its descriptor", file.name(), role.name));
    check_table(file, role);
    roles_.push_back(role);
  }
}

const ms_role* Plugin::find(std::string_view role) const {
  const auto it = std::ranges::find(roles_, role, [](const ms_role& r) { return std::string_view(r.name); });
  return it == roles_.end() ? nullptr : &*it;
}

}  // namespace modelsig
