// What a plugin says about itself in TOML: its roles and their options. Read from the file before the
// plugin is loaded, so that a pipeline can be checked, and help be printed, without running any of it.
//
//     id = "org.example.shapes"     # may be left out; the descriptor's counts
//     summary = "One sentence."
//     [[role]]
//     name = "layer.shapes"         # the word before the dot is the kind: store, format, layer, comparator, advisor, formatter
//     summary = "One sentence."
//     schemes = ["hub"]             # stores: the URI schemes they open
//     suffixes = [".safetensors"]   # formats: the files they read; asked about no others
//     provides = "tensors"          # formats: "tensors", or "config" for documents only
//     reads = ["family"]            # layers: parts of the model that they always ask for: made beside other work, before them
//     [[role.option]]
//     name = "limit"
//     type = "integer"              # integer, number, boolean, string, list
//     default = 1                   # left out: the plugin sees no such member unless it is given
//     min = 0                       # integer, number
//     max = 9
//     enum = ["a", "b"]             # string, or the items of a list
//     help = "One sentence."
//
// Any other key, kind or type is an error with its place.
#pragma once
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "core/value/toml_file.hpp"

namespace modelsig {

enum class OptionType { integer, number, boolean, string, list };
std::string_view option_type_name(OptionType type);

struct OptionManifest {
  std::string name, help;
  OptionType type = OptionType::string;
  const Value* initial = nullptr;      // the default; null if there is none
  const Value* min = nullptr;          // null: no bound
  const Value* max = nullptr;
  std::vector<std::string> choices;    // empty: any
};

struct RoleManifest {
  std::string name, summary;
  std::int32_t kind = 0;               // MS_STORE ...
  std::vector<std::string> schemes, suffixes, reads;
  std::string provides;                // formats: "tensors" or "config"
  std::vector<OptionManifest> options; // in file order

  const OptionManifest* find(std::string_view option) const;
};

struct Manifest {
  static constexpr std::size_t kMaxBytes = 1u << 20;

  std::string id, summary;             // id: "" if left out
  std::vector<RoleManifest> roles;     // in file order, at least one
  std::shared_ptr<const TomlFile> file; // owns what the options point to

  static Manifest parse(std::shared_ptr<const TomlFile> file);  // throws Error "file:line:column: ..."
  const RoleManifest* find(std::string_view role) const;
};

std::int32_t role_kind(std::string_view word);   // "layer" -> MS_LAYER, 0 if it is none
std::string_view role_kind_name(std::int32_t kind);

}  // namespace modelsig
