// Every constant of the two remote stores. What a user may change is an option of plugin.toml; the
// rest is here with its reason.
#pragma once
#include <chrono>
#include <cstddef>
#include <cstdint>

namespace hub::limits {

using std::chrono::milliseconds;

inline constexpr const char* public_hub = "https://huggingface.co";  // where HF_ENDPOINT points unless set

// Cancellation is polled this often at least: Ctrl-C is felt at once, an idle loop costs nothing.
inline constexpr milliseconds poll{50};

inline constexpr int redirects = 8;               // hub -> storage bridge -> CDN is 2; loops end here
inline constexpr std::uint64_t skip = 16u << 20;  // a server that ignores Range: bytes we read past at most
inline constexpr std::uint64_t answer = 64u << 20;  // one page of an API answer; 50,000 files are 10 MB
inline constexpr std::size_t error_body = 4096;     // of an error page, to recognise what it is
inline constexpr std::size_t header_lines = 256;    // of one response; more is not a server we talk to
inline constexpr int listing_pages = 1000;          // x 1,000 files: beyond that it is a loop
// The hub's own client does not trust a model's file list from this length on: it may be cut short.
inline constexpr std::size_t trusted_siblings = 50'000;

inline constexpr milliseconds backoff_cap{8000};  // one pause between two tries is never longer, unless the server asks
inline constexpr std::size_t pointer_size = 1024; // a git-LFS pointer is about 130 bytes
inline constexpr std::size_t name_length = 4096;  // of a file in a listing

inline constexpr std::uint64_t hashed_blob = 512u << 20;  // metadata ranges kept in the cache are smaller
inline constexpr milliseconds stale_temp{3'600'000};      // a half-written cache entry of a process that died

}  // namespace hub::limits
