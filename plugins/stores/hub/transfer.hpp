// One try of one Fetch: an easy handle, its callbacks, and what came back.
#pragma once
#include <curl/curl.h>

#include <chrono>
#include <memory>
#include <optional>
#include <string>

#include "budget.hpp"
#include "fetch.hpp"
#include "settings.hpp"

namespace hub {

using Clock = std::chrono::steady_clock;

class Transfer {
 public:
  Transfer(Fetch& fetch, const Url& url, const Settings& settings, Budget& budget);
  Transfer(const Transfer&) = delete;
  ~Transfer();

  CURL* easy() const { return easy_.get(); }
  Clock::time_point last_activity() const { return active_; }

  // After libcurl has finished with it. Moves the head to the fetch.
  struct Outcome {
    std::optional<Failure> failure;
    std::optional<Url> redirect;
  };
  Outcome finish(CURLcode code);

 private:
  static std::size_t on_header(char* data, std::size_t size, std::size_t count, void* self);
  static std::size_t on_body(char* data, std::size_t size, std::size_t count, void* self);
  bool head_complete();
  bool body(std::span<const char> bytes);
  Failure connection_failure(CURLcode code) const;

  Fetch& fetch_;
  Url url_;
  Budget& budget_;
  std::unique_ptr<CURL, decltype(&curl_easy_cleanup)> easy_;
  curl_slist* lines_ = nullptr;
  Head head_;
  bool head_done_ = false, cut_ = false;
  std::string page_;                // the beginning of an error answer
  std::uint64_t counted_ = 0;       // bytes charged to the budget
  std::optional<Failure> failure_;
  Clock::time_point active_;
  char error_[CURL_ERROR_SIZE] = {};
};

}  // namespace hub
