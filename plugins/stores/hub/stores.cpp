#include "stores.hpp"

#include <modelsig/plugin.hpp>

namespace hub {

// What people copy from a browser's address bar is understood too: a repository's page is the repository, and
// the page of a file (/blob/) is the file (/resolve/).
std::unique_ptr<Files> UrlStore::open(ms::Call& call, std::string_view uri) {
  Url url = Url::parse(uri);
  const Url& endpoint = shared_->settings.endpoint;
  if (auto repo = RepoName::of_page(url, endpoint)) return std::make_unique<HubRepo>(call, shared_, std::move(*repo));
  if (const auto blob = url.text.find("/blob/"); url.origin == endpoint.origin && blob != url.text.npos)
    url = Url::parse(url.text.replace(blob, 6, "/resolve/"));
  return std::make_unique<UrlRepo>(call, shared_, url);
}

}  // namespace hub

MODELSIG_PLUGIN("org.modelsig.store.hub", "1.0.0", "Apache-2.0", ms::store<hub::HubStore>("store.hub"), ms::store<hub::UrlStore>("store.url"))
