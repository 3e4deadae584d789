#include <fmt/format.h>

#include <cstdio>
#include <utility>

#include "core/value/nearest.hpp"
#include "tools/modelsig/app.hpp"
#include "tools/modelsig/plugin_check.hpp"

namespace modelsig::cli {

namespace {

std::string text(const Value& v) {
  switch (v.kind()) {
    case Kind::string: return "\"" + std::string(v.str()) + "\"";
    case Kind::boolean: return v.boolean() ? "true" : "false";
    case Kind::integer: return std::to_string(v.i64());
    case Kind::natural: return std::to_string(v.u64());
    case Kind::real: { char out[32]; std::snprintf(out, sizeof out, "%g", v.f64()); return out; }
    case Kind::array: {
      std::string out;
      for (const Value& item : v.items()) out += (out.empty() ? "" : ", ") + text(item);
      return "[" + out + "]";
    }
    default: return "none";
  }
}

void show_role(const RoleManifest& role) {
  std::printf("%s\n  %s\n", role.name.c_str(), role.summary.c_str());
  if (!role.schemes.empty()) std::printf("  schemes  %s\n", fmt::format("{}", fmt::join(role.schemes, ", ")).c_str());
  if (!role.suffixes.empty()) std::printf("  files    *%s\n", fmt::format("{}", fmt::join(role.suffixes, ", ")).c_str());
  if (!role.provides.empty()) std::printf("  provides %s\n", role.provides.c_str());
  for (const OptionManifest& o : role.options) {
    std::string range;
    if (o.min || o.max) range = ", " + (o.min ? text(*o.min) : "") + ".." + (o.max ? text(*o.max) : "");
    if (!o.choices.empty()) range += ", one of " + fmt::format("{}", fmt::join(o.choices, ", "));
    std::printf("  option   %-16s %s%s%s\n", o.name.c_str(), std::string(option_type_name(o.type)).c_str(), range.c_str(),
                o.initial ? (", default " + text(*o.initial)).c_str() : "");
    if (!o.help.empty()) std::printf("           %-16s %s\n", "", o.help.c_str());
  }
}

// JSON text: what a plugin printed may hold anything
std::string json_text(std::string_view text) {
  std::string out = "\"";
  for (const char c : text) {
    if (c == '"' || c == '\\') out += '\\';
    if (static_cast<unsigned char>(c) < ' ' || static_cast<unsigned char>(c) > '~') out += fmt::format("\\u{:04x}", static_cast<unsigned char>(c));
    else out += c;
  }
  return out + '"';
}

int check_plugins(App& app) {
  constexpr unsigned kSeconds = 20;
  std::size_t failed = 0, count = 0;
  const bool json = app.options.output == "json";
  std::string list;
  for (const std::string& file : app.options.arguments) {
    if (!std::filesystem::exists(file)) throw Error(file + ": no such file", MS_NOT_FOUND);
    const auto results = check_plugin(std::filesystem::absolute(file), app.options.in_process, app.options.timeout ? static_cast<unsigned>(app.options.timeout) : kSeconds);
    if (!json) std::printf("%s\n", file.c_str());
    for (const CheckResult& r : results) {
      ++count, failed += r.failure.empty() ? 0 : 1;
      if (json) list += fmt::format("{}{{\"file\": {}, \"role\": {}, \"test\": {}, \"passed\": {}, \"reason\": {}}}", list.empty() ? "\n  " : ",\n  ", json_text(file), json_text(r.role), json_text(r.test), r.failure.empty(), json_text(r.failure));
      else std::printf("  %-6s %-24s %s%s%s\n", r.failure.empty() ? "ok" : "FAILED", r.role.c_str(), r.test.c_str(), r.failure.empty() ? "" : ": ", r.failure.c_str());
    }
  }
  if (json) std::printf("{\"passed\": %s, \"checks\": %zu, \"failed\": %zu, \"results\": [%s\n]}\n", failed ? "false" : "true", count, failed, list.c_str());
  else std::printf("%zu checks, %zu failed\n", count, failed);
  return failed ? kUsage : kOk;
}

}  // namespace

int plugins_command(App& app) {
  if (app.options.command == "plugins check") return check_plugins(app);
  const bool quiet = std::exchange(app.options.quiet, true);  // refusals are part of the list, not warnings beside it
  Registry& registry = app.registry();
  app.options.quiet = quiet;
  if (app.options.command == "plugins list") {
    for (const RoleManifest* role : registry.roles()) {
      const PluginFile* file = registry.plugin_of(role->name);
      std::printf("%-28s %-8s %s\n", role->name.c_str(), file->version.c_str(), role->summary.c_str());
    }
    for (const auto& refusal : registry.discovery().refusals) std::printf("refused: %s\n", refusal.sentence().c_str());
    for (const auto& note : registry.discovery().notes) std::printf("note: %s\n", note.c_str());
    std::printf("looked into:");
    for (const auto& folder : registry.discovery().folders) std::printf(" %s", folder.c_str());
    std::printf("\n");
    return kOk;
  }
  const std::string& name = app.options.arguments.front();
  for (const PluginFile& file : registry.discovery().files) {
    const bool whole = file.id == name;
    if (!whole && !file.manifest.find(name)) continue;
    std::printf("%s %s\n  %s\n  file     %s\n  ABI      %u.%u\n", file.id.c_str(), file.version.c_str(), file.manifest.summary.c_str(),
                file.name().c_str(), file.abi_major, file.abi_minor);
    if (!file.license.empty()) std::printf("  license  %s\n", file.license.c_str());
    for (const RoleManifest& role : file.manifest.roles)
      if (whole || role.name == name) std::printf("\n"), show_role(role);
    return kOk;
  }
  auto known = registry.names();
  for (const PluginFile& file : registry.discovery().files) known.push_back(file.id);
  throw Error("no plugin or role is called '" + name + "'" + did_you_mean(name, known));
}

}  // namespace modelsig::cli
