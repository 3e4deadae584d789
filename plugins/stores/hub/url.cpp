#include "url.hpp"

#include <curl/curl.h>

#include <memory>
#include <modelsig/error.hpp>

namespace hub {
namespace {

using Handle = std::unique_ptr<CURLU, decltype(&curl_url_cleanup)>;

std::string part(CURLU* url, CURLUPart what, unsigned flags = 0) {
  char* text = nullptr;
  if (curl_url_get(url, what, &text, flags) != CURLUE_OK) return {};
  std::string out(text);
  curl_free(text);
  return out;
}

Url taken_apart(CURLU* url, const std::string& shown) {
  Url out;
  out.origin = {part(url, CURLUPART_SCHEME), part(url, CURLUPART_HOST), part(url, CURLUPART_PORT, CURLU_DEFAULT_PORT)};
  if (out.origin.scheme != "http" && out.origin.scheme != "https")
    throw ms::Error(MS_INVALID_ARGUMENT, "'" + shown + "' is not an http or https URL");
  const std::string user = part(url, CURLUPART_USER, CURLU_URLDECODE), password = part(url, CURLUPART_PASSWORD, CURLU_URLDECODE);
  if (!user.empty() || !password.empty()) out.userinfo = user + ":" + password;
  curl_url_set(url, CURLUPART_USER, nullptr, 0);
  curl_url_set(url, CURLUPART_PASSWORD, nullptr, 0);
  curl_url_set(url, CURLUPART_FRAGMENT, nullptr, 0);
  out.path = part(url, CURLUPART_PATH);
  out.text = part(url, CURLUPART_URL);
  return out;
}

// Enough of a bad URL to find it again, and nothing behind '@' or '?' that could be a secret.
std::string harmless(std::string_view text) {
  const auto query = text.find('?');
  std::string out(text.substr(0, query));
  if (const auto at = out.find('@'); at != std::string::npos) out = "..." + out.substr(at);
  return out;
}

}  // namespace

Url Url::parse(std::string_view text) {
  Handle url(curl_url(), curl_url_cleanup);
  const std::string copy(text);
  if (curl_url_set(url.get(), CURLUPART_URL, copy.c_str(), 0) != CURLUE_OK)
    throw ms::Error(MS_INVALID_ARGUMENT, "'" + harmless(text) + "' is not a URL: write https://host/path");
  return taken_apart(url.get(), harmless(text));
}

Url Url::join(std::string_view reference) const {
  Handle url(curl_url(), curl_url_cleanup);
  const std::string copy(reference);
  if (curl_url_set(url.get(), CURLUPART_URL, text.c_str(), 0) != CURLUE_OK ||
      curl_url_set(url.get(), CURLUPART_URL, copy.c_str(), 0) != CURLUE_OK)
    throw ms::Error(MS_DATA_LOSS, shown() + " leads to '" + harmless(reference) + "', which is not a URL");
  Url out = taken_apart(url.get(), harmless(reference));
  out.userinfo.clear();  // a server does not choose who we log in as
  return out;
}

std::string Url::shown() const {
  std::string out = text.substr(0, text.find('?'));
  if (path == "/" && out.ends_with('/')) out.pop_back();
  return out;
}

std::string Url::last_segment() const {
  const std::string raw = path.substr(path.rfind('/') + 1);
  int length = 0;
  char* text_ = curl_easy_unescape(nullptr, raw.c_str(), static_cast<int>(raw.size()), &length);
  std::string out(text_ ? text_ : "", text_ ? static_cast<std::size_t>(length) : 0);
  curl_free(text_);
  return out;
}

std::string encoded(std::string_view text, bool keep_slashes) {
  static constexpr char hex[] = "0123456789ABCDEF";
  std::string out;
  for (const char c : text) {
    const auto byte = static_cast<unsigned char>(c);
    const bool plain = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' || c == '_' ||
                       c == '.' || c == '~' || (c == '/' && keep_slashes);
    if (plain) out += c;
    else out.append({'%', hex[byte >> 4], hex[byte & 15]});
  }
  return out;
}

}  // namespace hub
