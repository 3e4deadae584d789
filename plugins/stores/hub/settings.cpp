#include "settings.hpp"

#include "environment.hpp"
#include "limits.hpp"
#include "token.hpp"

namespace hub {
namespace {

std::chrono::milliseconds seconds(ms::Node value) { return std::chrono::milliseconds(static_cast<std::int64_t>(value.f64() * 1000)); }

std::string first_of(std::string option, std::initializer_list<const char*> names, const std::string& otherwise) {
  if (!option.empty()) return option;
  for (const char* name : names)
    if (std::string value = variable(name); !value.empty()) return value;
  return otherwise;
}

std::filesystem::path folder(ms::Node option, std::filesystem::path (*otherwise)()) {
  const std::string value(option.str());
  return value == "off" ? std::filesystem::path() : value.empty() ? otherwise() : expanded(value);
}

std::string without_trailing_slash(std::string url) {
  while (!url.empty() && url.back() == '/') url.pop_back();
  return url;
}

}  // namespace

Settings::Settings(ms::Node options)
    : endpoint(Url::parse(without_trailing_slash(first_of(std::string(options["endpoint"].str()), {"HF_ENDPOINT"}, limits::public_hub)))),
      token(find_token(std::string(options["token"].str()))),
      ca_file(first_of(std::string(options["ca_file"].str()), {"CURL_CA_BUNDLE", "REQUESTS_CA_BUNDLE", "SSL_CERT_FILE"}, "")),
      timeout(seconds(options["timeout"])),
      total_timeout(seconds(options["total_timeout"])),
      backoff(seconds(options["backoff"])),
      max_pause(seconds(options["max_pause"])),
      retries(static_cast<int>(options["retries"].i64())),
      connections(static_cast<int>(options["connections"].i64())),
      max_bytes(options["max_bytes"].u64()),
      max_requests(options["max_requests"].u64()),
      cache_limit(options["cache_limit"].u64()),
      offline(options["offline"].boolean() || switched_on("HF_HUB_OFFLINE")),
      tree_listing(options["listing"].str() == "tree"),
      follow_renamed(options["follow_renamed"].boolean()),
      cache(folder(options["cache"], own_cache)),
      hub_cache(folder(options["hub_cache"], hf_hub_cache)) {}

}  // namespace hub
