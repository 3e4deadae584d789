// A plugin as its file describes it, before any of it is loaded, or the reason why it is none. A wrong file
// never gets as far as dlopen, so its constructors never run.
#pragma once
#include <filesystem>
#include <span>
#include <string>
#include <string_view>
#include <variant>

#include "core/host/manifest.hpp"
#include <modelsig/abi.h>

namespace modelsig {

// A plugin linked into the program: the same two objects, no file.
struct StaticPlugin {
  const ms_plugin* descriptor;
  std::string_view manifest;
};

struct PluginFile {
  std::filesystem::path path;            // empty for a static one
  std::string id, version, license;      // of the descriptor; version and license may be ""
  std::uint32_t abi_major = 0, abi_minor = 0, struct_size = 0, flags = 0, role_count = 0;
  Manifest manifest;
  const ms_plugin* linked = nullptr;     // static plugins only

  std::string name() const { return linked ? id + " (built in)" : path.string(); }  // for messages
};

struct Refusal {
  std::filesystem::path path;
  std::string reason;                    // follows the path: "is not an ELF file: ..."
  std::string sentence() const { return path.string() + ": " + reason; }
};

std::variant<PluginFile, Refusal> inspect(const std::filesystem::path& path);
// The same over bytes; throws Error with the reason. What the fuzzer calls.
PluginFile inspect_bytes(std::span<const std::byte> file);
PluginFile inspect_static(const StaticPlugin& plugin);  // throws Error

// "" if this program can use such a descriptor, else why not. Used on the file and again in memory.
std::string refuse_descriptor(const ms_plugin& fixed);

}  // namespace modelsig
