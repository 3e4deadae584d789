#include "transfer.hpp"

#include <algorithm>

#include "limits.hpp"

namespace hub {
namespace {

constexpr const char* user_agent = "modelsig/0.1 (metadata only)";
constexpr long receive_buffer = 128L << 10;  // a header or two in one read; libcurl's default is 16 kB

bool is_redirect(int status) { return status == 301 || status == 302 || status == 303 || status == 307 || status == 308; }

std::string basic(const std::string& userinfo) {
  static constexpr char digits[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
  std::string out;
  for (std::size_t i = 0; i < userinfo.size(); i += 3) {
    unsigned bits = 0;
    for (std::size_t k = 0; k < 3; ++k) bits = bits << 8 | (i + k < userinfo.size() ? static_cast<unsigned char>(userinfo[i + k]) : 0u);
    for (std::size_t k = 0; k < 4; ++k) out += i + k > userinfo.size() ? '=' : digits[bits >> (18 - 6 * k) & 63];
  }
  return out;
}

}  // namespace

Transfer::Transfer(Fetch& fetch, const Url& url, const Settings& settings, Budget& budget)
    : fetch_(fetch), url_(url), budget_(budget), easy_(curl_easy_init(), curl_easy_cleanup), active_(Clock::now()) {
  if (!easy_) throw std::bad_alloc();
  const auto set = [&](CURLoption option, auto value) { curl_easy_setopt(easy(), option, value); };
  const auto line = [&](const std::string& text) { lines_ = curl_slist_append(lines_, text.c_str()); };
  set(CURLOPT_URL, url_.text.c_str());
  set(CURLOPT_USERAGENT, user_agent);
  set(CURLOPT_PROTOCOLS_STR, "http,https");
  set(CURLOPT_FOLLOWLOCATION, 0L);  // a redirect is ours: each hop decides anew who may see the token
  set(CURLOPT_HTTP_VERSION, static_cast<long>(CURL_HTTP_VERSION_2TLS));
  set(CURLOPT_PIPEWAIT, 1L);        // over TLS: wait for the first connection, it may carry all of us
  set(CURLOPT_NOSIGNAL, 1L);
  set(CURLOPT_QUICK_EXIT, 1L);      // a cancelled run does not wait for a name server
  set(CURLOPT_BUFFERSIZE, receive_buffer);
  set(CURLOPT_TCP_NODELAY, 1L);
  set(CURLOPT_TCP_KEEPALIVE, 1L);
  set(CURLOPT_SUPPRESS_CONNECT_HEADERS, 1L);
  set(CURLOPT_CONNECTTIMEOUT_MS, std::max<long>(1, static_cast<long>(settings.timeout.count())));
  set(CURLOPT_ERRORBUFFER, error_);
  if (!settings.ca_file.empty()) set(CURLOPT_CAINFO, settings.ca_file.c_str());
  set(CURLOPT_HEADERFUNCTION, &Transfer::on_header);
  set(CURLOPT_HEADERDATA, static_cast<void*>(this));
  set(CURLOPT_WRITEFUNCTION, &Transfer::on_body);
  set(CURLOPT_WRITEDATA, static_cast<void*>(this));
  if (const auto range = fetch.body->wanted()) {
    set(CURLOPT_RANGE, (std::to_string(range->offset) + "-" + std::to_string(range->offset + range->size - 1)).c_str());
    line("Accept-Encoding: identity");  // a range of a compressed body is a range of something else
  } else if (fetch.body->may_be_compressed()) {
    set(CURLOPT_ACCEPT_ENCODING, "");
  } else {
    line("Accept-Encoding: identity");
  }
  if (!fetch.bearer.empty() && url_.origin == fetch.bearer_origin) line("Authorization: Bearer " + fetch.bearer);
  else if (!url_.userinfo.empty()) line("Authorization: Basic " + basic(url_.userinfo));
  set(CURLOPT_HTTPHEADER, lines_);
}

Transfer::~Transfer() { curl_slist_free_all(lines_); }

std::size_t Transfer::on_header(char* data, std::size_t size, std::size_t count, void* self) {
  auto& me = *static_cast<Transfer*>(self);
  const std::string_view line(data, size * count);
  me.active_ = Clock::now();
  if (line.substr(0, 5) == "HTTP/") {
    me.head_.headers.clear();
    const auto space = line.find(' ');
    me.head_.status = space == line.npos ? 0 : static_cast<int>(whole_number(line.substr(space + 1, 3)).value_or(0));
  } else if (line == "\r\n" || line == "\n") {
    if (me.head_.status >= 200 && !me.head_complete()) return 0;
  } else {
    me.head_.headers.add_line(line);
  }
  return line.size();
}

bool Transfer::head_complete() {
  if (head_done_) return true;  // trailers
  head_done_ = true;
  if (head_.status < 300) {
    if (fetch_.on_head) failure_ = fetch_.on_head(head_, url_);
    if (!failure_) failure_ = fetch_.body->head(head_);
  }
  return !failure_;
}

std::size_t Transfer::on_body(char* data, std::size_t size, std::size_t count, void* self) {
  auto& me = *static_cast<Transfer*>(self);
  me.active_ = Clock::now();
  return me.body({data, size * count}) ? size * count : 0;
}

bool Transfer::body(std::span<const char> bytes) {
  counted_ += bytes.size();
  if (!budget_.spend_bytes(bytes.size())) {
    failure_ = budget_.bytes_exceeded();
    return false;
  }
  if (head_.status >= 300) {  // of an error page only its beginning, and the connection if it is short
    page_.append(bytes.data(), std::min(bytes.size(), limits::error_body - page_.size()));
    return counted_ <= limits::skip / 64 || (cut_ = true, false);
  }
  switch (fetch_.body->data(bytes)) {
    case Body::Take::more: return true;
    case Body::Take::enough: cut_ = true; return false;
    case Body::Take::failed: break;
  }
  failure_ = fetch_.body->failure();
  return false;
}

Failure Transfer::connection_failure(CURLcode code) const {
  const std::string host = url_.origin.host + ":" + url_.origin.port, why = error_[0] ? error_ : curl_easy_strerror(code);
  switch (code) {
    case CURLE_PEER_FAILED_VERIFICATION: case CURLE_SSL_CACERT_BADFILE: case CURLE_SSL_ISSUER_ERROR:
      return {MS_DENIED, host + " shows a certificate that is not trusted (" + why + "): behind a company proxy give its certificate "
              "with option 'ca_file' or CURL_CA_BUNDLE", false, true};
    case CURLE_COULDNT_RESOLVE_HOST: case CURLE_COULDNT_RESOLVE_PROXY: case CURLE_COULDNT_CONNECT:
      return {MS_UNAVAILABLE, host + " cannot be reached (" + why + "): check the network, the proxy and the endpoint", true, false};
    case CURLE_BAD_CONTENT_ENCODING:
      return {MS_DATA_LOSS, fetch_.what + ": " + host + " sent a body whose compression cannot be undone (" + why + "): a proxy may have changed it, run again or use another network"};
    case CURLE_OUT_OF_MEMORY: return {MS_LIMIT, "out of memory"};
    default: return {MS_UNAVAILABLE, fetch_.what + ": the connection to " + host + " broke (" + why + "): check the network and run again", true, false};
  }
}

Transfer::Outcome Transfer::finish(CURLcode code) {
  curl_off_t wire = 0;
  if (curl_easy_getinfo(easy(), CURLINFO_SIZE_DOWNLOAD_T, &wire) == CURLE_OK)
    budget_.correct_bytes(static_cast<std::int64_t>(wire) - static_cast<std::int64_t>(counted_));
  fetch_.head = head_;
  if (failure_) return {failure_, {}};
  if (!head_done_ || (code != CURLE_OK && !cut_)) return {connection_failure(code), {}};
  if (is_redirect(head_.status)) {
    const std::string_view location = head_.headers.get("location");
    if (location.empty()) return {Failure{MS_DATA_LOSS, url_.shown() + " answers " + std::to_string(head_.status) + " without a Location"}, {}};
    return {{}, url_.join(location)};
  }
  if (head_.status == 416) return {fetch_.body->past_end(head_), {}};
  if (head_.status >= 300) return {fetch_.explain(head_, page_), {}};
  return {fetch_.body->end(), {}};
}

}  // namespace hub
