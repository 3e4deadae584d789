#include "resolver.hpp"

#include "diagnosis.hpp"
#include "http_multi.hpp"
#include "limits.hpp"

namespace hub {

// A full commit that was listed before needs no request. Everything else asks the hub; only when it cannot
// be reached at all do the caches answer in its place, and the report says so.
Resolver::Answer Resolver::resolve(const ms::Call& call) {
  if (is_commit(repo_.revision))
    if (auto listing = known(repo_.revision)) return {std::move(*listing), repo_, false};
  if (settings_.offline) return {local("this run is offline (option 'offline' or HF_HUB_OFFLINE)"), repo_, false};
  try {
    Listing listing = ask(call);
    return {std::move(listing), repo_, true};
  } catch (const ms::Error& error) {
    if (reached_ || error.status() != MS_UNAVAILABLE) throw;
    std::optional<Listing> listing;
    try {
      listing = local(error.what());
    } catch (const ms::Error&) {
      throw error;  // nothing here either: the network is what the user can mend
    }
    call.problem(MS_WARN, repo_.id, std::string(error.what()) + "; read from the local cache instead, commit " + listing->commit);
    return {std::move(*listing), repo_, false};
  }
}

std::optional<Listing> Resolver::known(const std::string& commit) const {
  return cache_.model(settings_.endpoint.text, repo_.id, commit).listing(commit);
}

Listing Resolver::local(const std::string& why) const {
  const std::string& revision = repo_.revision;
  const auto seen = is_commit(revision) ? std::optional(revision) : cache_.commit(settings_.endpoint.text, repo_.id, revision);
  if (seen)
    if (auto listing = known(*seen)) return std::move(*listing);
  const auto downloaded = is_commit(revision) ? std::optional(revision) : hub_cache_.commit(revision);
  if (downloaded) {
    Listing listing{*downloaded, hub_cache_.files(*downloaded), true, {}, false, repo_.id};
    if (!listing.files.empty()) return listing;
  }
  throw ms::Error(MS_UNAVAILABLE, repo_.id + " at revision '" + revision + "' is missing: " + why + ", and neither the hub cache (" +
                  (settings_.hub_cache.empty() ? "off" : settings_.hub_cache.string()) + ") nor the metadata cache (" +
                  (settings_.cache.empty() ? "off" : settings_.cache.string()) + ") holds it; run once online");
}

Fetch Resolver::fetch(const Url& url, TextBody& body) {
  Fetch out;
  out.url = url;
  out.body = &body;
  out.what = "the file list of " + repo_.id;
  out.bucket = "api";
  out.bearer = settings_.token;
  out.bearer_origin = settings_.endpoint.origin;
  const Asked asked{repo_, settings_.endpoint, !settings_.token.empty(), ""};
  out.explain = [asked](const Head& head, std::string_view page) { return diagnose(head, page, asked); };
  out.on_redirect = [this](const Head&, const Url& to) -> std::optional<Failure> {
    const auto models = to.path.find("/api/models/"), end = to.path.find("/revision/");
    if (models == to.path.npos || end == to.path.npos || end < models + 12) return std::nullopt;
    const std::string now = to.path.substr(models + 12, end - models - 12);
    if (now == repo_.id || settings_.follow_renamed) return std::nullopt;
    return Failure{MS_NOT_FOUND, repo_.id + " is called " + now + " now: use that name (a name that was given up may be taken by somebody "
                   "else, so it is not followed; option 'follow_renamed' does)", false, true};
  };
  return out;
}

std::string Resolver::get(const ms::Call& call, const Url& url, Head& head) {
  TextBody body("the file list of " + repo_.id);
  Fetch one = fetch(url, body);
  HttpMulti(call, settings_, traffic_, budget_).run(one);
  reached_ = reached_ || one.head.status != 0;
  head = one.head;
  if (one.failure) throw ms::Error(one.failure->status, one.failure->text);
  if (head.headers.get("content-type").substr(0, 9) == "text/html")
    throw ms::Error(MS_DENIED, url.shown() + " answers with an HTML page, not with JSON: a login page or a proxy stands in between, or the "
                    "endpoint is no hub; check option 'endpoint' (HF_ENDPOINT) and the token");
  return std::move(body.text);
}

Listing Resolver::ask(const ms::Call& call) {
  Head head;
  const std::string what = "the file list of " + repo_.id;
  Listing listing = parse_model(get(call, repo_.model(settings_.endpoint), head), what);
  if (!listing.id.empty() && listing.id != repo_.id && settings_.follow_renamed) {
    call.problem(MS_WARN, repo_.id, repo_.id + " is called " + listing.id + " now, read under that name");
    repo_.id = listing.id;
  }
  const Asked asked{repo_, settings_.endpoint, !settings_.token.empty(), ""};
  if (listing.disabled) {
    const Failure failure = disabled(asked);
    throw ms::Error(failure.status, failure.text);
  }
  if (!listing.complete || settings_.tree_listing) ask_tree(call, listing);
  if (listing.files.empty()) throw ms::Error(MS_NOT_FOUND, repo_.id + " has no files at revision '" + repo_.revision + "'");
  return listing;
}

void Resolver::ask_tree(const ms::Call& call, Listing& listing) {
  const std::string what = "the file tree of " + repo_.id;
  std::optional<Url> page = repo_.tree(settings_.endpoint, listing.commit.empty() ? repo_.revision : listing.commit);
  listing.files.clear();
  listing.complete = true;
  for (int pages = 0; page; ++pages) {
    if (pages == limits::listing_pages)
      throw ms::Error(MS_LIMIT, what + " has more than " + std::to_string(limits::listing_pages) + " pages, which is the limit");
    Head head;
    parse_tree(get(call, *page, head), what, listing);
    if (listing.commit.empty() && is_commit(head.headers.get("x-repo-commit"))) listing.commit = head.headers.get("x-repo-commit");
    const auto next = next_page(head.headers.get("link"));
    page = next ? std::optional(page->join(*next)) : std::nullopt;
    if (page && page->origin != settings_.endpoint.origin)
      throw ms::Error(MS_DENIED, what + " goes on at " + page->shown() + ", another origin than the endpoint's: refused");
  }
}

}  // namespace hub
