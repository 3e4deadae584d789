// modelsig config: which folders are looked into, in which order, and what each of them brought.
#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <utility>

#include "tools/modelsig/app.hpp"

namespace modelsig::cli {

namespace {

namespace fs = std::filesystem;

std::size_t count_in(const fs::path& folder, const char* extension) {
  std::size_t out = 0;
  std::error_code error;
  for (fs::recursive_directory_iterator it(folder, error), end; !error && it != end; it.increment(error)) out += it->path().extension() == extension;
  return out;
}

void print_folders(const ConfigDirs& dirs) {
  std::printf("Folders of pipelines, rules, policies and plugins, the nearest first; of two things of one name the nearer counts\n");
  for (std::size_t i = 0; i < dirs.dirs().size(); ++i) {
    const fs::path& dir = dirs.dirs()[i];
    std::string what;
    std::error_code error;
    for (const char* kind : {"pipelines", "rules", "policies"})
      if (const std::size_t n = count_in(dir / kind, ".toml")) what += (what.empty() ? "" : ", ") + std::to_string(n) + " " + kind;
    if (const std::size_t n = count_in(dir / "plugins", ".so")) what += (what.empty() ? "" : ", ") + std::to_string(n) + " plugins";
    std::printf("  %zu  %-50s %-13s %s\n", i + 1, dir.c_str(), i + 1 == dirs.dirs().size() ? "built in" : "organisation", fs::is_directory(dir, error) ? what.c_str() : "not there");
  }
}

// every name with the file it leads to, and those that it hides
void print_names(const ConfigDirs& dirs, const char* kind, const char* title) {
  std::printf("\n%s\n", title);
  for (const std::string& name : dirs.names(kind)) {
    if (name.starts_with("families/") || name.starts_with("reference/")) continue;  // parts: shown by 'families list', 'rules explain'
    const fs::path file = dirs.find(kind, name);
    std::printf("  %-24s %s\n", name.c_str(), file.c_str());
    for (const fs::path& dir : dirs.dirs())
      if (const fs::path other = dir / kind / (name + ".toml"); other != file && fs::exists(other)) std::printf("  %-24s hides %s\n", "", other.c_str());
  }
}

void print_rules(App& app) {
  const Pipeline p = app.pipeline();
  std::printf("\nRule sets of pipeline %s, in order, later ones win: built-in < organisation < pipeline < command line\n", p.path.c_str());
  const auto organisation = app.dirs.organisation_rules();
  for (const fs::path& file : p.rules) {
    const bool said = std::find(app.options.rules.begin(), app.options.rules.end(), file.string()) != app.options.rules.end();
    const char* origin = said ? "command line" : std::find(organisation.begin(), organisation.end(), file) != organisation.end() ? "organisation" : file.parent_path() == app.dirs.dirs().back() / "rules" ? "built in" : "pipeline";
    std::printf("  %-13s %s\n", origin, file.c_str());
  }
  std::printf("\nFolders of family files, later ones win\n");
  for (const fs::path& dir : app.dirs.all("rules/families")) std::printf("  %s\n", dir.c_str());
}

void print_plugins(App& app) {
  const bool quiet = std::exchange(app.options.quiet, true);  // warnings are part of the list here
  const Discovery& found = app.registry().discovery();
  app.options.quiet = quiet;
  std::printf("\nPlugins: --plugin-dir, MODELSIG_PLUGIN_PATH, data folder, organisation, built in; an id that was found before is overridden\n");
  for (const fs::path& folder : found.folders) {
    const auto here = std::count_if(found.files.begin(), found.files.end(), [&](const PluginFile& f) { std::error_code e; return fs::equivalent(f.path.parent_path(), folder, e); });
    std::printf("  %-50s %td plugins\n", folder.c_str(), here);
  }
  for (const PluginFile& file : found.files)
    if (file.linked) std::printf("  %s\n", file.name().c_str());
  for (const auto& refusal : found.refusals) std::printf("  refused: %s\n", refusal.sentence().c_str());
  for (const auto& note : found.notes) std::printf("  note: %s\n", note.c_str());
  for (const auto& warning : found.warnings) std::printf("  warning: %s\n", warning.c_str());
}

void print_environment() {
  std::printf("\nEnvironment\n");
  for (const char* name : {"XDG_CONFIG_HOME", "XDG_DATA_HOME", "XDG_CACHE_HOME", "MODELSIG_PLUGIN_PATH", "NO_COLOR"}) {
    const char* value = std::getenv(name);
    std::printf("  %-24s %s\n", name, value ? value : "not set");
  }
}

}  // namespace

int config_command(App& app) {
  print_folders(app.dirs);
  print_names(app.dirs, "pipelines", "Pipelines");
  print_names(app.dirs, "rules", "Rule sets");
  print_names(app.dirs, "policies", "Policies");
  print_rules(app);
  print_plugins(app);
  print_environment();
  return kOk;
}

}  // namespace modelsig::cli
