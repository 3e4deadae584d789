#include "core/pipeline/target.hpp"

#include <filesystem>
#include <map>
#include <set>

#include "core/bytes/shown_uri.hpp"

namespace modelsig {

namespace {

std::string basename(std::string_view path) {
  while (path.size() > 1 && path.back() == '/') path.remove_suffix(1);
  return std::string(path.substr(path.rfind('/') + 1));
}

// A '#' belongs to the name if a file is really called so.
void split_select(Target& out, bool local) {
  const std::size_t hash = out.uri.rfind('#');
  if (hash == std::string::npos) return;
  std::error_code ignored;
  if (local && std::filesystem::exists(out.uri, ignored)) return;
  out.select = out.uri.substr(hash + 1);
  out.uri.resize(hash);
}

}  // namespace

Target Target::parse(std::string_view argument) {
  Target out;
  out.argument = argument;
  std::error_code ignored;
  if (argument.starts_with("local:")) {
    out.scheme = "local";
    out.uri = argument.substr(6);
    if (out.uri.starts_with("//")) out.uri.erase(0, 2);
    split_select(out, true);
    out.label = basename(out.uri);
    return out;
  }
  out.uri = argument;
  const std::size_t colon = argument.find("://");
  if (colon != std::string_view::npos) {
    out.scheme = argument.substr(0, colon);
    split_select(out, false);
    out.argument = shown_uri(argument);
    out.label = out.scheme == "hf" ? out.uri.substr(colon + 3) : shown_uri(out.uri);
    return out;
  }
  const std::string path(argument.substr(0, argument.rfind('#')));
  if (std::filesystem::exists(argument, ignored) || std::filesystem::exists(path, ignored) || argument.starts_with('/') || argument.starts_with("./") ||
      argument.starts_with("../") || argument == "." || argument == "..") {
    out.scheme = "local";
    split_select(out, true);
    std::string full = out.uri;
    if (basename(full) == "." || basename(full) == "..") full = std::filesystem::weakly_canonical(full, ignored).string();
    out.label = basename(full);
    return out;
  }
  out.scheme = "hf";
  split_select(out, false);
  out.label = out.uri;
  return out;
}

void assign_ids(std::vector<Target>& targets, bool unique) {
  std::map<std::string, int> labels;
  for (const Target& t : targets) ++labels[t.label];
  std::set<std::string> taken;
  for (Target& t : targets) {
    t.id = !unique || labels[t.label] == 1 ? t.label : t.argument;
    if (!unique) continue;
    const std::string base = t.id;
    for (int n = 2; !taken.insert(t.id).second; ++n) t.id = base + " (" + std::to_string(n) + ")";
  }
}

}  // namespace modelsig
