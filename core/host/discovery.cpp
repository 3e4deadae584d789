#include "core/host/discovery.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cstdlib>
#include <set>

#include "core/value/file_identity.hpp"

namespace modelsig {

namespace fs = std::filesystem;

namespace {

std::optional<std::string> variable(const char* name) {
  const char* value = ::secure_getenv(name);  // null when running with another user's rights
  return value ? std::optional<std::string>(value) : std::nullopt;
}

class Search {
 public:
  explicit Search(Discovery& out) : out_(out) {}

  void add_folder(const fs::path& folder) {
    std::error_code error;
    const fs::path real = fs::canonical(folder, error);
    if (error || !contains(out_.folders, real)) out_.folders.push_back(error ? folder : real);
    else return;
    std::vector<fs::path> paths;
    for (fs::directory_iterator it(folder, error), end; !error && it != end; it.increment(error)) {
      std::error_code dangling;  // a link to nowhere is refused below; it does not end the listing
      if (it->path().extension() == ".so" && !it->is_directory(dangling)) paths.push_back(it->path());
    }
    if (error) out_.warnings.push_back(fmt::format("{}: cannot be listed: {}", folder.string(), error.message()));
    std::ranges::sort(paths);
    for (const fs::path& path : paths) add_file(path);
  }

  void add(PluginFile file) {
    if (const auto same = std::ranges::find(out_.files, file.id, &PluginFile::id); same != out_.files.end()) {
      if (same->linked || file.path.parent_path() != same->path.parent_path())
        out_.notes.push_back(fmt::format("{}: overridden by {}, which has the same id {}", file.name(), same->name(), file.id));
      else
        out_.refusals.push_back({file.path, fmt::format("has the same id as {}: {}", same->name(), file.id)});
      return;
    }
    for (const PluginFile& other : out_.files) {
      for (const RoleManifest& role : file.manifest.roles) {
        if (!other.manifest.find(role.name)) continue;
        out_.refusals.push_back({file.path, fmt::format("offers {}, which {} offers too ({} and {})", role.name, other.name(), file.id, other.id)});
        return;
      }
    }
    out_.files.push_back(std::move(file));
  }

 private:
  static bool contains(const std::vector<fs::path>& all, const fs::path& one) { return std::ranges::find(all, one) != all.end(); }

  void add_file(const fs::path& path) {
    const auto info = stat_of(path);
    if (info && !seen_.insert(identity_of(*info)).second) return;  // a second name of the same file
    auto found = inspect(path);
    if (auto* refusal = std::get_if<Refusal>(&found)) out_.refusals.push_back(std::move(*refusal));
    else add(std::get<PluginFile>(std::move(found)));
  }

  Discovery& out_;
  std::set<FileIdentity> seen_;
};

}  // namespace

PluginSearch PluginSearch::from_environment(std::vector<fs::path> said) {
  PluginSearch out;
  out.said = std::move(said);
  out.plugin_path = variable("MODELSIG_PLUGIN_PATH");
  out.data_home = variable("XDG_DATA_HOME");
  out.home = variable("HOME");
  std::error_code error;
  out.program = fs::read_symlink("/proc/self/exe", error);
  return out;
}

Discovery discover(const PluginSearch& from) {
  Discovery out;
  Search search(out);
  std::error_code error;
  for (const StaticPlugin& plugin : from.linked) search.add(inspect_static(plugin));
  for (const fs::path& folder : from.said) {
    if (!fs::is_directory(folder, error)) throw Error(folder.string() + ": is not a folder, expected a folder with plugins", MS_NOT_FOUND);
    search.add_folder(folder);
  }
  if (from.plugin_path && !from.plugin_path->empty()) {
    for (std::size_t at = 0, end = 0; at <= from.plugin_path->size(); at = end + 1) {
      end = std::min(from.plugin_path->find(':', at), from.plugin_path->size());
      const fs::path folder = from.plugin_path->substr(at, end - at);
      if (folder.empty()) out.warnings.push_back("MODELSIG_PLUGIN_PATH: an empty entry was ignored, expected absolute folders");
      else if (!folder.is_absolute()) out.warnings.push_back(fmt::format("MODELSIG_PLUGIN_PATH: '{}' was ignored, expected an absolute folder", folder.string()));
      else if (!fs::is_directory(folder, error)) out.warnings.push_back(fmt::format("MODELSIG_PLUGIN_PATH: '{}' was ignored, it is not a folder", folder.string()));
      else search.add_folder(folder);
    }
  }
  fs::path data;
  if (from.data_home && fs::path(*from.data_home).is_absolute()) data = *from.data_home;
  else if (from.home && fs::path(*from.home).is_absolute()) data = fs::path(*from.home) / ".local/share";
  std::vector<fs::path> usual;
  if (!data.empty()) usual.push_back(data / "modelsig/plugins");
  usual.insert(usual.end(), from.organisation.begin(), from.organisation.end());
  if (!from.program.empty()) usual.push_back(from.program.parent_path().parent_path() / "lib/modelsig/plugins");
  for (const fs::path& folder : usual)
    if (fs::is_directory(folder, error)) search.add_folder(folder);
  return out;
}

}  // namespace modelsig
