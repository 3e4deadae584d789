#include "switches.hpp"

#include <cstdio>
#include <cstdlib>
#include <functional>
#include <map>
#include <string_view>

namespace fixture {
namespace {

constexpr const char* help = R"(usage: fixture-hub --root DIR [switches]
Serves DIR/org/name (and DIR/org/name@revision) as a model hub does, on a free loopback port, and prints
{"port": ..., "cdn_port": ..., "endpoint": "http://127.0.0.1:..."} when it is ready.

  --log FILE            a JSON line for every request
  --port N              instead of a free one
  --latency MS          before every answer
  --with-parent         end with the process that started this

like the hub:
  --redirect            files of weights: 302 to another origin (127.0.0.2)
  --signed              ... with a URL that is good for the one Range asked for
  --page-size N         the file tree comes in pages with a Link header
  --no-siblings         the model answer lacks the file names     --no-sizes  ... the sizes
  --token TOKEN         required       --gated --disabled         --renamed OLD=NEW
  --compress-json       whole JSON files come gzipped

faults, for the first --times N requests whose target contains --only TEXT (else: all file contents):
  --ignore-range  --wrong-content-range  --wrong-size  --etag-change  --commit-change  --html  --pointer  --gzip
  --redirect-loop  --stall-head  --stall-after BYTES  --drop-after BYTES
  --busy N [--retry-after TEXT] [--rate-limit TEXT]    the first N get 429
  --errors N [--error-status S]                        the first N get S (503)
  --good-rate-limit TEXT                               a RateLimit header on good answers
)";

[[noreturn]] void refuse(const std::string& text) {
  std::fprintf(stderr, "fixture-hub: %s\n%s", text.c_str(), help);
  std::exit(2);
}

std::uint64_t number(const std::string& text) {
  char* end = nullptr;
  const std::uint64_t out = std::strtoull(text.c_str(), &end, 10);
  if (text.empty() || *end) refuse("'" + text + "' is not a number");
  return out;
}

}  // namespace

Switches Switches::parse(int count, char** words) {
  Switches s;
  const std::map<std::string_view, bool*> flags = {
      {"--with-parent", &s.with_parent}, {"--redirect", &s.redirect}, {"--signed", &s.signed_urls}, {"--no-siblings", &s.no_siblings},
      {"--no-sizes", &s.no_sizes}, {"--gated", &s.gated}, {"--disabled", &s.disabled}, {"--ignore-range", &s.ignore_range},
      {"--wrong-content-range", &s.wrong_content_range}, {"--wrong-size", &s.wrong_size}, {"--etag-change", &s.etag_change},
      {"--commit-change", &s.commit_change}, {"--html", &s.html}, {"--pointer", &s.pointer}, {"--gzip", &s.gzip},
      {"--compress-json", &s.compress_json}, {"--redirect-loop", &s.redirect_loop}, {"--stall-head", &s.stall_head}};
  const std::map<std::string_view, std::string*> texts = {
      {"--token", &s.token}, {"--renamed", &s.renamed}, {"--only", &s.only}, {"--retry-after", &s.retry_after},
      {"--rate-limit", &s.rate_limit}, {"--good-rate-limit", &s.good_rate_limit}};
  const std::map<std::string_view, std::function<void(const std::string&)>> others = {
      {"--root", [&](const std::string& v) { s.root = v; }},
      {"--log", [&](const std::string& v) { s.log = v; }},
      {"--port", [&](const std::string& v) { s.port = static_cast<std::uint16_t>(number(v)); }},
      {"--latency", [&](const std::string& v) { s.latency_ms = static_cast<int>(number(v)); }},
      {"--page-size", [&](const std::string& v) { s.page_size = number(v); }},
      {"--drop-after", [&](const std::string& v) { s.drop_after = number(v); }},
      {"--stall-after", [&](const std::string& v) { s.stall_after = number(v); }},
      {"--times", [&](const std::string& v) { s.times = number(v); }},
      {"--busy", [&](const std::string& v) { s.busy = number(v); }},
      {"--errors", [&](const std::string& v) { s.errors = number(v); }},
      {"--error-status", [&](const std::string& v) { s.error_status = static_cast<int>(number(v)); }}};
  for (int i = 1; i < count; ++i) {
    const std::string word = words[i];
    if (word == "--help" || word == "-h") std::fputs(help, stdout), std::exit(0);
    if (const auto flag = flags.find(word); flag != flags.end()) {
      *flag->second = true;
      continue;
    }
    if (i + 1 == count) refuse("'" + word + "' is unknown or lacks its value");
    const std::string value = words[++i];
    if (const auto text = texts.find(word); text != texts.end()) *text->second = value;
    else if (const auto other = others.find(word); other != others.end()) other->second(value);
    else refuse("'" + word + "' is unknown");
  }
  s.redirect = s.redirect || s.signed_urls;
  if (!std::filesystem::is_directory(s.root)) refuse("--root '" + s.root.string() + "' is not a directory");
  return s;
}

}  // namespace fixture
