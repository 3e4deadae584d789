#include "core/host/plugin_file.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "core/host/elf_symbols.hpp"
#include "core/host/mapped_file.hpp"
#include "core/value/file_identity.hpp"
#include "core/value/snapshot.hpp"

namespace modelsig {

namespace {

constexpr std::string_view kEntry = "modelsig_plugin_v1";
constexpr std::string_view kAnyEntry = "modelsig_plugin_v";
constexpr std::string_view kManifest = "modelsig_manifest";
constexpr std::size_t kMaxText = 256;    // id, version, license
constexpr std::uint32_t kMaxRoles = 256;

ElfSymbol find_entry(const ElfSymbols& symbols) {
  if (const auto entry = symbols.find(kEntry)) return *entry;
  if (const auto other = symbols.find_prefix(kAnyEntry))
    throw Error(fmt::format("is a plugin of another generation: it exports {}, this program loads {}", other->name, kEntry));
  throw Error(fmt::format("is not a modelsig plugin: it exports no {}", kEntry));
}

// Of the descriptor's own bytes, only integers mean anything before relocation; pointers come from the relocations.
ms_plugin read_descriptor(const ElfImage& image, const ElfSymbol& entry) {
  // as far as every generation has it, then as far as this one needs it
  const auto head = image.at(entry.address, offsetof(ms_plugin, flags));
  if (head.empty()) throw Error(fmt::format("is damaged: the bytes of {} are not in the file", kEntry), MS_DATA_LOSS);
  ms_plugin out{};
  std::memcpy(&out, head.data(), head.size());
  if (std::string why = refuse_descriptor(out); !why.empty()) throw Error(why);
  const auto all = image.at(entry.address, MS_PLUGIN_SIZE_1_0);
  if (all.empty()) throw Error(fmt::format("is damaged: the bytes of {} are not in the file", kEntry), MS_DATA_LOSS);
  out.flags = load<std::uint32_t>(all, offsetof(ms_plugin, flags));
  out.role_count = load<std::uint32_t>(all, offsetof(ms_plugin, role_count));
  return out;
}

std::string_view read_manifest(const ElfSymbols& symbols) {
  const auto symbol = symbols.find(kManifest);
  if (!symbol) throw Error(fmt::format("exports {} but no {}", kEntry, kManifest));
  const auto bytes = symbols.image().at(symbol->address);
  const std::size_t size = std::min<std::uint64_t>(bytes.size(), symbol->size ? symbol->size : bytes.size());
  if (!size) throw Error(fmt::format("is damaged: the bytes of {} are not in the file", kManifest), MS_DATA_LOSS);
  const std::string_view text(reinterpret_cast<const char*>(bytes.data()), std::min(size, Manifest::kMaxBytes + 1));
  const std::string_view manifest = text.substr(0, text.find('\0'));  // a Rust array need not end in NUL
  if (manifest.size() > Manifest::kMaxBytes) throw Error(fmt::format("has a manifest of more than {} KiB", Manifest::kMaxBytes >> 10), MS_LIMIT);
  return manifest;
}

void complete(PluginFile& file, const ms_plugin& fixed, std::string_view manifest) {
  file.abi_major = fixed.abi_major;
  file.abi_minor = fixed.abi_minor;
  file.struct_size = fixed.struct_size;
  file.flags = fixed.flags;
  file.role_count = fixed.role_count;
  if (file.id.empty()) throw Error(fmt::format("is not usable: {} has no id", kEntry));
  file.manifest = Manifest::parse(TomlFile::recall(manifest, "manifest"));
  if (!file.manifest.id.empty() && file.manifest.id != file.id)
    file.manifest.file->fail(file.manifest.file->root()["id"], fmt::format("id is \"{}\", the descriptor says \"{}\"", file.manifest.id, file.id));
  if (!fixed.role_count || fixed.role_count > kMaxRoles)
    throw Error(fmt::format("is not usable: {} has {} roles, expected 1 to {}", kEntry, fixed.role_count, kMaxRoles));
  if (fixed.role_count != file.manifest.roles.size())
    throw Error(fmt::format("is not usable: {} has {} roles, its manifest has {}", kEntry, fixed.role_count, file.manifest.roles.size()));
}

// For the Snapshot. Nothing of the file itself is read if it is still the one that was looked at.
std::uint64_t key_of(const std::filesystem::path& path, const struct stat& info) {
  const std::int64_t seen[] = {static_cast<std::int64_t>(info.st_dev), static_cast<std::int64_t>(info.st_ino), info.st_size,
                               info.st_mtim.tv_sec, info.st_mtim.tv_nsec, info.st_ctim.tv_sec, info.st_ctim.tv_nsec};
  return Snapshot::key("plugin", path.string() + std::string(reinterpret_cast<const char*>(seen), sizeof seen));
}

// the descriptor's five numbers, then id, version, license and manifest with a NUL between
std::string freeze(const PluginFile& file) {
  const std::uint32_t numbers[] = {file.abi_major, file.abi_minor, file.struct_size, file.flags, file.role_count};
  std::string out(reinterpret_cast<const char*>(numbers), sizeof numbers);
  for (const std::string& text : {file.id, file.version, file.license}) out += text + '\0';
  return out + file.manifest.file->text();
}

bool thaw(PluginFile& file, std::string_view bytes) {
  std::uint32_t numbers[5];
  if (bytes.size() < sizeof numbers) return false;
  std::memcpy(numbers, bytes.data(), sizeof numbers);
  bytes.remove_prefix(sizeof numbers);
  for (std::string* text : {&file.id, &file.version, &file.license}) {
    const std::size_t end = bytes.find('\0');
    if (end == bytes.npos) return false;
    *text = bytes.substr(0, end);
    bytes.remove_prefix(end + 1);
  }
  ms_plugin fixed{};
  fixed.abi_major = static_cast<decltype(fixed.abi_major)>(numbers[0]);
  fixed.abi_minor = static_cast<decltype(fixed.abi_minor)>(numbers[1]);
  fixed.struct_size = numbers[2];
  fixed.flags = numbers[3];
  fixed.role_count = numbers[4];
  complete(file, fixed, bytes);
  return true;
}

}  // namespace

std::string refuse_descriptor(const ms_plugin& fixed) {
  if (fixed.magic != MS_MAGIC) return fmt::format("is not a modelsig plugin: {} begins with {:08x}, expected {:08x}", kEntry, fixed.magic, MS_MAGIC);
  if (fixed.abi_major != MS_ABI_MAJOR || fixed.abi_minor > MS_ABI_MINOR)
    return fmt::format("is built for ABI {}.{}, this is {}.{}", fixed.abi_major, fixed.abi_minor, MS_ABI_MAJOR, MS_ABI_MINOR);
  if (fixed.struct_size < MS_PLUGIN_SIZE_1_0)
    return fmt::format("is not usable: {} says it has {} bytes, ABI 1.0 has {}", kEntry, fixed.struct_size, MS_PLUGIN_SIZE_1_0);
  return "";
}

PluginFile inspect_bytes(std::span<const std::byte> file) {
  const ElfSymbols symbols(file);
  const ElfSymbol entry = find_entry(symbols);
  const ElfImage& image = symbols.image();
  const ms_plugin fixed = read_descriptor(image, entry);
  const auto text = [&](std::size_t field) {
    const std::uint64_t address = image.pointer(entry.address + field);
    return std::string(address ? image.text(address, kMaxText) : "");
  };
  PluginFile out;
  out.id = text(offsetof(ms_plugin, id));
  out.version = text(offsetof(ms_plugin, version));
  out.license = text(offsetof(ms_plugin, license));
  complete(out, fixed, read_manifest(symbols));
  return out;
}

std::variant<PluginFile, Refusal> inspect(const std::filesystem::path& path) {
  try {
    const auto info = stat_of(path);
    Snapshot* snapshot = info && S_ISREG(info->st_mode) ? Snapshot::current() : nullptr;
    const std::uint64_t key = snapshot ? key_of(path, *info) : 0;
    PluginFile out;
    if (const auto bytes = snapshot ? snapshot->find(key) : std::nullopt; !bytes || !thaw(out, *bytes)) {
      const MappedFile file(path);
      out = inspect_bytes(file.bytes());
      if (snapshot) snapshot->put(key, freeze(out));
    }
    out.path = path;
    return out;
  } catch (const Error& error) {
    return Refusal{path, error.what()};
  }
}

PluginFile inspect_static(const StaticPlugin& plugin) {
  const auto text = [](const char* s) { return std::string(s ? s : ""); };
  if (std::string why = refuse_descriptor(*plugin.descriptor); !why.empty()) throw Error(why);
  PluginFile out;
  out.linked = plugin.descriptor;
  out.id = text(plugin.descriptor->id);
  out.version = text(plugin.descriptor->version);
  out.license = text(plugin.descriptor->license);
  complete(out, *plugin.descriptor, plugin.manifest);
  return out;
}

}  // namespace modelsig
