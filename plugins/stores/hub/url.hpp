// A URL, taken apart and put together by libcurl's own parser: what we check is what it connects to.
#pragma once
#include <string>
#include <string_view>

namespace hub {

struct Origin {  // who may see a secret: scheme, host and port all equal
  std::string scheme, host, port;
  bool operator==(const Origin&) const = default;
};

struct Url {
  std::string text;      // absolute, without user and password
  Origin origin;
  std::string path;      // percent-encoded, begins with '/'
  std::string userinfo;  // "user:password" that stood in it; goes into a header, never into a message

  // Throws ms::Error if it is no http(s) URL.
  static Url parse(std::string_view text);
  // What a Location or Link header means, seen from here.
  Url join(std::string_view reference) const;
  // For people, logs and reports: no user, no query (a CDN's query is a signature), no fragment.
  std::string shown() const;
  std::string last_segment() const;  // decoded
};

// One path segment, or with keep_slashes a whole relative path, percent-encoded.
std::string encoded(std::string_view text, bool keep_slashes);

}  // namespace hub
