// An address as messages, logs and reports may show it: without "user:password@" and without what stands
// behind '?', which in a signed URL is a secret. Text without "://" is left alone.
#pragma once
#include <string>
#include <string_view>

namespace modelsig {

inline std::string shown_uri(std::string_view uri) {
  const std::size_t scheme = uri.find("://");
  if (scheme == std::string_view::npos) return std::string(uri);
  uri = uri.substr(0, uri.find('?'));
  const std::size_t begin = scheme + 3, path = uri.find('/', begin);
  const std::size_t at = uri.substr(0, path).rfind('@');
  // hf://org/name@revision has its '@' behind a '/', hf://name@revision has no '/' at all: neither is a user
  if (path == std::string_view::npos || at == std::string_view::npos || at < begin) return std::string(uri);
  return std::string(uri.substr(0, begin)) + std::string(uri.substr(at + 1));
}

}  // namespace modelsig
