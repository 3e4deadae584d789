// What the fixture hub serves and how it misbehaves: the command line.
#pragma once
#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <vector>

namespace fixture {

struct Switches {
  std::filesystem::path root;        // ROOT/org/name/file..., ROOT/org/name@revision/file...
  std::filesystem::path log;         // JSON lines, one a request
  std::uint16_t port = 0;            // 0: any free one
  int latency_ms = 0;                // before every answer
  bool with_parent = false;          // end when the parent process ends

  // like the hub
  bool redirect = false;             // large files: 302 to another origin
  bool signed_urls = false;          // ... whose URL is good for the one Range that was asked for
  std::size_t page_size = 0;         // of the file tree; 0: one page
  bool no_siblings = false;          // the model answer lacks names: only the tree has them
  bool no_sizes = false;             // ... lacks sizes
  std::string token;                 // required on the hub's origin
  bool gated = false, disabled = false;
  std::string renamed;               // OLD=NEW

  // faults; they strike requests whose target contains `only` (default: file contents)
  std::string only;
  bool ignore_range = false;         // 200 with everything
  bool wrong_content_range = false;
  bool wrong_size = false;           // in Content-Range
  bool etag_change = false;          // another ETag each time
  bool commit_change = false;        // another X-Repo-Commit than asked for
  bool html = false;                 // a login page, 200
  bool pointer = false;              // the git-LFS pointer
  bool gzip = false;                 // Content-Encoding: gzip on a range
  bool compress_json = false;        // no fault: whole JSON files go gzipped, as a CDN does
  bool redirect_loop = false;
  std::optional<std::uint64_t> drop_after, stall_after;  // body bytes
  bool stall_head = false;           // never answers
  std::uint64_t times = UINT64_MAX;  // how many requests the faults strike
  std::uint64_t busy = 0;            // the first so many get 429 ...
  std::string retry_after, rate_limit;
  std::uint64_t errors = 0;          // the first so many get ...
  int error_status = 503;
  std::string good_rate_limit;       // a RateLimit header on good answers

  static Switches parse(int count, char** words);  // prints help or an error and exits
};

}  // namespace fixture
