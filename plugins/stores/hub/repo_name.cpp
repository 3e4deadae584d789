#include "repo_name.hpp"

#include <algorithm>
#include <modelsig/error.hpp>
#include <vector>

namespace hub {
namespace {

constexpr std::size_t longest_id = 96, longest_revision = 256;  // the hub's own limit on names; a git ref

std::vector<std::string> split(std::string_view text) {
  std::vector<std::string> out;
  for (std::size_t at = 0; at <= text.size();) {
    const auto end = std::min(text.find('/', at), text.size());
    out.emplace_back(text.substr(at, end - at));
    at = end + 1;
  }
  return out;
}

bool is_name(std::string_view text) {
  return !text.empty() && text.front() != '.' && text.front() != '-' && std::all_of(text.begin(), text.end(), [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' || c == '_' || c == '.';
  });
}

std::string below(const Url& endpoint) { return endpoint.text.ends_with('/') ? endpoint.text : endpoint.text + "/"; }

}  // namespace

RepoName RepoName::parse(std::string_view uri) {
  std::string_view rest = uri;
  if (const auto scheme = rest.find("://"); scheme != rest.npos) rest.remove_prefix(scheme + 3);
  if (rest.starts_with("models/")) rest.remove_prefix(7);
  RepoName out{"", "main"};
  const auto at = rest.find('@');
  if (at != rest.npos) out.revision = rest.substr(at + 1);
  out.id = rest.substr(0, at);
  while (out.id.ends_with('/')) out.id.pop_back();
  const auto parts = split(out.id);
  if (out.id.size() > longest_id || parts.size() > 2 || !std::all_of(parts.begin(), parts.end(), is_name))
    throw ms::Error(MS_INVALID_ARGUMENT, "'" + std::string(uri.substr(0, 200)) + "' is no model of a hub: write org/name, org/name@revision "
                    "or hf://org/name (letters, digits, '-', '_', '.'; at most 96 characters)");
  if (out.revision.empty() || out.revision.front() == '/' || out.revision.size() > longest_revision || out.revision.find("..") != std::string::npos)
    throw ms::Error(MS_INVALID_ARGUMENT, "'" + out.id + "' has the revision '" + out.revision.substr(0, longest_revision) +
                    "': write a branch, a tag or a commit behind '@'");
  return out;
}

std::optional<RepoName> RepoName::of_page(const Url& url, const Url& endpoint) {
  if (url.origin != endpoint.origin || url.text.find('?') != std::string::npos) return std::nullopt;
  std::string base = endpoint.path == "/" ? "" : endpoint.path, path = url.path;
  if (!path.starts_with(base + "/")) return std::nullopt;
  path.erase(0, base.size() + 1);
  while (path.ends_with('/')) path.pop_back();
  const auto parts = split(path);
  if (parts.size() < 2 || !is_name(parts[0]) || !is_name(parts[1]) || parts[0] == "api" || parts[0] == "datasets" || parts[0] == "spaces")
    return std::nullopt;
  if (parts.size() == 2) return RepoName{path, "main"};
  if (parts.size() == 4 && parts[2] == "tree") return RepoName{parts[0] + "/" + parts[1], parts[3]};
  return std::nullopt;
}

Url RepoName::model(const Url& endpoint) const {
  return Url::parse(below(endpoint) + "api/models/" + encoded(id, true) + "/revision/" + encoded(revision, false) + "?blobs=true");
}

Url RepoName::tree(const Url& endpoint, const std::string& commit) const {
  return Url::parse(below(endpoint) + "api/models/" + encoded(id, true) + "/tree/" + encoded(commit, false) + "?recursive=true");
}

Url RepoName::file(const Url& endpoint, const std::string& commit, std::string_view name) const {
  return Url::parse(below(endpoint) + encoded(id, true) + "/resolve/" + encoded(commit, false) + "/" + encoded(name, true));
}

std::string RepoName::page(const Url& endpoint) const { return below(endpoint) + id; }

}  // namespace hub
