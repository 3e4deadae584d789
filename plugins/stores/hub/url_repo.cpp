#include "url_repo.hpp"

#include <algorithm>
#include <cstring>

#include "diagnosis.hpp"
#include "folder_index.hpp"

namespace hub {
namespace {

// Tried in a folder without an index page. The shards come from the safetensors index.
constexpr const char* usual_names[] = {"config.json", "model.safetensors.index.json", "model.safetensors", "model.onnx", "onnx/model.onnx"};
constexpr std::size_t longest_suffix = 12;

// "model.gguf" is a file, "Llama-3.1-8B" a folder: a suffix is letters only.
bool names_file(const std::string& segment) {
  const auto dot = segment.rfind('.');
  return dot != segment.npos && dot > 0 && dot + 1 < segment.size() && segment.size() - dot <= longest_suffix &&
         std::all_of(segment.begin() + static_cast<std::ptrdiff_t>(dot) + 1, segment.end(), [](unsigned char c) { return std::isalpha(c) != 0; });
}

Url as_folder(const Url& url) {
  if (url.path.ends_with('/')) return url;
  const auto query = url.text.find('?');
  Url out = Url::parse(url.text.substr(0, query) + "/" + (query == url.text.npos ? "" : url.text.substr(query)));
  out.userinfo = url.userinfo;
  return out;
}

Url below(const Url& folder, const std::string& name) {
  Url out = folder.join(encoded(name, true));
  if (out.origin == folder.origin) out.userinfo = folder.userinfo;
  return out;
}

}  // namespace

UrlRepo::UrlRepo(const ms::Call& call, std::shared_ptr<Shared> shared, const Url& url)
    : shared_(std::move(shared)), url_(names_file(url.last_segment()) ? url : as_folder(url)), budget_(shared_->settings) {
  if (shared_->settings.offline)
    throw ms::Error(MS_UNAVAILABLE, url_.shown() + " is on the network and this run is offline (option 'offline' or HF_HUB_OFFLINE)");
  const std::string name = url_.last_segment();
  if (name.empty()) {
    if (!list_by_page(call)) list_by_trying(call);
  } else if (is_safe_name(name) && name.find('/') == name.npos) {
    add(name, url_);
  } else {
    throw ms::Error(MS_INVALID_ARGUMENT, url_.shown() + " does not end in a file name");
  }
}

void UrlRepo::add(const std::string& name, const Url& url, std::optional<std::uint64_t> size) {
  auto [at, fresh] = entries_.try_emplace(name);
  if (!fresh) return;
  at->second.url = url;
  if (size) at->second.identity.check_size(*size);
}

Fetch UrlRepo::fetch(const Url& url, std::string what) const {
  const Settings& settings = shared_->settings;
  Fetch out;
  out.url = url;
  out.what = std::move(what);
  out.bucket = "files";
  out.bearer = settings.token;
  out.bearer_origin = settings.endpoint.origin;  // a file of the hub by its full URL
  const bool login = !url.userinfo.empty() || url.origin == settings.endpoint.origin;
  out.explain = [url, login](const Head& head, std::string_view page) { return diagnose_url(head, page, url, login); };
  return out;
}

bool UrlRepo::list_by_page(const ms::Call& call) {
  TextBody body(url_.shown());
  Fetch page = fetch(url_, "the index page " + url_.shown());
  page.body = &body;
  HttpMulti(call, shared_->settings, shared_->traffic, budget_).run(page);
  if (page.failure && (page.head.status == 0 || page.head.status == 401 || page.failure->retry || page.failure->status == MS_LIMIT))
    throw ms::Error(page.failure->status, page.failure->text);  // 403 and 404: a folder may be readable without a page
  if (page.failure) return false;
  for (const auto& file : parse_index(body.text, url_)) add(file.name, below(url_, file.name), file.size);
  return !entries_.empty();
}

void UrlRepo::list_by_trying(const ms::Call& call) {
  std::deque<TextBody> texts;
  std::deque<RangeBody> ranges;
  std::deque<Identity> identities;
  std::vector<Fetch> fetches;
  std::uint8_t byte[std::size(usual_names)];
  for (const char* name : usual_names) {
    fetches.push_back(fetch(below(url_, name), std::string(name) + " in " + url_.shown()));
    const std::size_t i = fetches.size() - 1;
    fetches[i].explain = [url = fetches[i].url](const Head& head, std::string_view page) {
      Failure out = diagnose_url(head, page, url, true);
      out.for_all = false;  // some servers say 403 for what is not there
      return out;
    };
    if (std::string_view(name).ends_with(".json")) fetches[i].body = &texts.emplace_back(name);
    else fetches[i].body = &ranges.emplace_back(name, ByteSpan{0, 1}, &byte[i], true, identities.emplace_back());
  }
  HttpMulti(call, shared_->settings, shared_->traffic, budget_).run(fetches);
  std::size_t text = 0, range = 0;
  for (std::size_t i = 0; i < fetches.size(); ++i) {
    const std::string name = usual_names[i];
    const bool json = name.ends_with(".json");
    std::string* held = json ? &texts[text++].text : nullptr;
    const Identity* identity = json ? nullptr : &identities[range++];
    if (fetches[i].failure) continue;
    add(name, fetches[i].url, json ? held->size() : identity->size());
    if (!json) continue;
    for (const auto& shard : shards_of(*held)) add(shard.name, below(url_, shard.name));
    entries_[name].held = std::move(*held);
  }
  if (entries_.empty())
    throw ms::Error(fetches[0].failure->status, url_.shown() + " shows no index page and has none of the usual files (config.json, "
                    "model.safetensors.index.json, model.safetensors, model.onnx); for config.json: " + fetches[0].failure->text +
                    "; give the address of the file itself");
}

void UrlRepo::list(ms::Call&, ms::Writer& files) {
  auto list = files.array();
  for (const auto& [name, entry] : entries_) {
    auto object = files.object();
    files.member("name", name);
    if (const auto size = entry.identity.size()) files.member("size", *size);
  }
}

void UrlRepo::read(ms::Call& call, std::span<ms_range> ranges) {
  RangeBatch batch(call, shared_->settings, shared_->traffic, budget_);
  for (ms_range& range : ranges) {
    const std::string name(ms::view(range.name));
    const auto found = entries_.find(name);
    if (found == entries_.end()) {
      call.host()->range_fail(call.raw(), &range, MS_NOT_FOUND, ms::str(url_.shown() + " has no file '" + name + "'"));
      continue;
    }
    Entry& entry = found->second;
    if (!RangeBatch::needs_bytes(call, range, entry.identity)) continue;
    const ByteSpan span = RangeBatch::within(range, entry.identity);
    if (entry.held.size() >= span.offset + span.size) {
      std::memcpy(range.into, entry.held.data() + span.offset, span.size);
      range.got = span.size;
      continue;
    }
    Fetch one = fetch(entry.url, entry.url.shown());
    one.on_head = [&entry, name](const Head& head, const Url& from) -> std::optional<Failure> {
      const std::string wrong = entry.identity.check_etag(from.origin.host + ":" + from.origin.port, head.headers);
      return wrong.empty() ? std::nullopt : std::optional(Failure{MS_DATA_LOSS, name + " " + wrong});
    };
    batch.add(range, entry.identity, std::move(one));
  }
  batch.run([](const ms_range&, ByteSpan) {});
}

void UrlRepo::describe(ms::Call&, ms::Writer& out) {
  auto object = out.object();
  out.member("uri", url_.shown());
  out.member("files", entries_.size());
  out.member("requests", budget_.requests());
  out.member("bytes", budget_.bytes());
}

}  // namespace hub
