#include "hub_repo.hpp"

#include "diagnosis.hpp"

namespace hub {

HubRepo::HubRepo(const ms::Call& call, std::shared_ptr<Shared> shared, RepoName name)
    : shared_(std::move(shared)), revision_(name.revision), hub_cache_(shared_->settings.hub_cache, name.id), budget_(shared_->settings) {
  Resolver::Answer answer = Resolver(shared_->settings, shared_->traffic, budget_, shared_->cache, hub_cache_, std::move(name)).resolve(call);
  listing_ = std::move(answer.listing);
  repo_ = std::move(answer.repo);
  const std::string& endpoint = shared_->settings.endpoint.text;
  cache_ = shared_->cache.model(endpoint, repo_.id, listing_.commit);
  if (answer.from_network && !listing_.commit.empty()) {
    if (!cache_.listing(listing_.commit)) cache_.write_listing(listing_);
    shared_->cache.remember(endpoint, repo_.id, revision_, listing_.commit);
  }
  for (const auto& file : listing_.files) identities_.try_emplace(file.name, file.size);
}

HubRepo::~HubRepo() {
  if (!cache_.written()) return;
  try {
    shared_->cache.trim(cache_.folder());
  } catch (const std::exception&) {  // a cache that cannot be trimmed now is trimmed by the next run
  }
}

void HubRepo::list(ms::Call&, ms::Writer& files) {
  auto list = files.array();
  for (const auto& file : listing_.files) {
    auto object = files.object();
    files.member("name", file.name);
    if (file.size) files.member("size", *file.size);
  }
}

Identity& HubRepo::identity(const std::string& name) const {
  const std::lock_guard guard(lock_);
  return identities_.try_emplace(name).first->second;
}

bool HubRepo::cached(ms_range& range, const Identity& known) {
  const std::string_view name = ms::view(range.name);
  const ByteSpan span = RangeBatch::within(range, known);
  if (known.size() && hub_cache_.read(listing_.commit, name, known.size(), span.offset, span.size, range.into)) {
    const std::lock_guard guard(lock_);
    ++hub_cache_hits_;
    cache_bytes_ += span.size;
  } else {
    const std::lock_guard guard(lock_);
    if (!known.size() || !cache_.read(name, span.offset, span.size, range.into)) return false;
    ++cache_hits_;
    cache_bytes_ += span.size;
  }
  range.got = span.size;
  return true;
}

Fetch HubRepo::fetch(const std::string& name) const {
  const Settings& settings = shared_->settings;
  Fetch out;
  out.url = repo_.file(settings.endpoint, listing_.commit.empty() ? revision_ : listing_.commit, name);
  out.what = name + " of " + repo_.id;
  out.bucket = "resolvers";
  out.bearer = settings.token;
  out.bearer_origin = settings.endpoint.origin;
  const Asked asked{repo_, settings.endpoint, !settings.token.empty(), name};
  out.explain = [asked](const Head& head, std::string_view page) { return diagnose(head, page, asked); };
  const auto same_commit = [this](const Head& head) -> std::optional<Failure> {
    const std::string_view commit = head.headers.get("x-repo-commit");
    if (commit.empty() || listing_.commit.empty() || commit == listing_.commit) return std::nullopt;
    return Failure{MS_DATA_LOSS, "what the hub sends comes from commit " + std::string(commit.substr(0, 40)) + ", asked for " + listing_.commit +
                   ": a mirror or proxy is out of step, run again", false, true};
  };
  out.on_redirect = [this, same_commit, name](const Head& head, const Url&) {
    auto failure = same_commit(head);
    if (const auto size = whole_number(head.headers.get("x-linked-size")); size && !failure) {
      const std::string wrong = identity(name).check_size(*size);
      if (!wrong.empty()) failure = Failure{MS_DATA_LOSS, name + " " + wrong + ": the hub is out of step, run again"};
    }
    return failure;
  };
  out.on_head = [this, same_commit, name](const Head& head, const Url& from) {
    auto failure = same_commit(head);
    if (!failure)
      if (const std::string wrong = identity(name).check_etag(from.origin.host + ":" + from.origin.port, head.headers); !wrong.empty())
        failure = Failure{MS_DATA_LOSS, name + " " + wrong};
    return failure;
  };
  return out;
}

void HubRepo::read(ms::Call& call, std::span<ms_range> ranges) {
  RangeBatch batch(call, shared_->settings, shared_->traffic, budget_);
  for (ms_range& range : ranges) {
    const std::string name(ms::view(range.name));
    Identity& known = identity(name);
    if (!RangeBatch::needs_bytes(call, range, known) || cached(range, known)) continue;
    if (shared_->settings.offline)
      call.host()->range_fail(call.raw(), &range, MS_UNAVAILABLE, ms::str("offline: " + name + " of " + repo_.id + ", bytes " +
          std::to_string(range.offset) + "-" + std::to_string(range.offset + range.size - 1) + " at commit " + listing_.commit +
          ", is in neither cache; run once online"));
    else batch.add(range, known, fetch(name));
  }
  batch.run([&](const ms_range& range, ByteSpan span) {
    const std::lock_guard guard(lock_);
    if (span.size && !listing_.commit.empty()) cache_.write(ms::view(range.name), span.offset, range.into, span.size);
  });
}

void HubRepo::describe(ms::Call&, ms::Writer& out) {
  const std::lock_guard guard(lock_);
  auto object = out.object();
  out.member("uri", "hf://" + repo_.id + "@" + revision_);
  out.member("endpoint", shared_->settings.endpoint.shown());
  out.member("revision", revision_);
  out.member("commit", listing_.commit);
  if (!listing_.gated.empty()) out.member("gated", listing_.gated);
  out.member("files", listing_.files.size());
  out.member("requests", budget_.requests());
  out.member("bytes", budget_.bytes());
  out.member("cache_hits", cache_hits_ + hub_cache_hits_);
  out.member("cache_bytes", cache_bytes_);
  if (hub_cache_hits_) out.member("hub_cache_hits", hub_cache_hits_);
  if (shared_->settings.offline) out.member("offline", true);
}

}  // namespace hub
