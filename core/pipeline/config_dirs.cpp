#include "core/pipeline/config_dirs.hpp"

#include <algorithm>
#include <cstdlib>
#include <set>

#include "core/value/error.hpp"
#include "core/value/nearest.hpp"

namespace modelsig {

namespace fs = std::filesystem;

ConfigDirs ConfigDirs::standard(const fs::path& binary) {
  std::vector<fs::path> dirs;
  const char* xdg = std::getenv("XDG_CONFIG_HOME");
  const char* home = std::getenv("HOME");
  if (xdg && *xdg == '/') dirs.push_back(fs::path(xdg) / "modelsig");
  else if (home && *home == '/') dirs.push_back(fs::path(home) / ".config/modelsig");
  dirs.emplace_back("/etc/modelsig");
  dirs.push_back((binary.parent_path() / "../share/modelsig").lexically_normal());
  return ConfigDirs(std::move(dirs));
}

fs::path ConfigDirs::find(std::string_view kind, std::string_view text, const fs::path& beside) const {
  std::error_code ignored;
  const fs::path given(text);
  if (given.extension() == ".toml") {
    if (given.is_relative() && !beside.empty() && fs::exists(beside.parent_path() / given, ignored)) return beside.parent_path() / given;
    if (fs::exists(given, ignored)) return given;
    throw Error(std::string(text) + ": no such file", MS_NOT_FOUND);
  }
  for (const fs::path& dir : dirs_) {
    const fs::path candidate = dir / kind / (std::string(text) + ".toml");
    if (fs::exists(candidate, ignored)) return candidate;
  }
  const auto known = names(kind);
  std::string folders;
  for (const fs::path& dir : dirs_) folders += (folders.empty() ? "" : ", ") + (dir / kind).string();
  throw Error("no '" + std::string(text) + "' in " + folders + did_you_mean(text, known), MS_NOT_FOUND);
}

std::vector<std::string> ConfigDirs::names(std::string_view kind) const {
  std::set<std::string> out;
  std::error_code error;
  for (const fs::path& dir : dirs_) {
    const fs::path root = dir / kind;
    for (fs::recursive_directory_iterator it(root, error), end; !error && it != end; it.increment(error))
      if (it->path().extension() == ".toml") out.insert(it->path().lexically_relative(root).replace_extension().string());
    error.clear();
  }
  return {out.begin(), out.end()};
}

std::vector<fs::path> ConfigDirs::organisation_rules() const {
  std::vector<fs::path> out;
  std::error_code error;
  const auto nearest_first = organisation();
  for (auto dir = nearest_first.rbegin(); dir != nearest_first.rend(); ++dir) {
    std::vector<fs::path> files;
    for (fs::directory_iterator it(*dir / "rules", error), end; !error && it != end; it.increment(error))
      if (it->path().extension() == ".toml" && !fs::exists(dirs_.back() / "rules" / it->path().filename())) files.push_back(it->path());
    error.clear();
    std::sort(files.begin(), files.end());
    out.insert(out.end(), files.begin(), files.end());
  }
  return out;
}

std::vector<fs::path> ConfigDirs::all(std::string_view kind) const {
  std::vector<fs::path> out;
  std::error_code ignored;
  for (auto it = dirs_.rbegin(); it != dirs_.rend(); ++it)
    if (fs::is_directory(*it / kind, ignored)) out.push_back(*it / kind);
  return out;
}

}  // namespace modelsig
