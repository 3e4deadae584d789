// What the user calls a model on a hub: org/name, org/name@revision, hf://org/name@revision.
#pragma once
#include <optional>
#include <string>
#include <string_view>

#include "url.hpp"

namespace hub {

struct RepoName {
  std::string id;        // org/name, or name alone for a few old models
  std::string revision;  // "main" unless given

  static RepoName parse(std::string_view uri);  // throws ms::Error
  // A page of the hub in a browser: {endpoint}/org/name[/tree/revision]. nullopt: some other URL.
  static std::optional<RepoName> of_page(const Url& url, const Url& endpoint);

  // addresses on the endpoint
  Url model(const Url& endpoint) const;                              // commit, names and sizes in one answer
  Url tree(const Url& endpoint, const std::string& commit) const;    // paginated
  Url file(const Url& endpoint, const std::string& commit, std::string_view name) const;
  std::string page(const Url& endpoint) const;                       // in a browser, for messages
};

}  // namespace hub
