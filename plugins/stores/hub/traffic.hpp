// What all models read at once share: warm connections, places per host, and pauses that a server asked for.
#pragma once
#include <curl/curl.h>

#include <chrono>
#include <map>
#include <memory>
#include <mutex>
#include <set>
#include <string>
#include <vector>

#include "url.hpp"

namespace hub {

class Traffic {
 public:
  using Clock = std::chrono::steady_clock;

  explicit Traffic(int connections);
  ~Traffic();
  Traffic(const Traffic&) = delete;

  // A multi handle with its open connections; one loop uses it at a time, then gives it back.
  class Multi {
   public:
    explicit Multi(Traffic& traffic) : traffic_(traffic), handle_(traffic.take()) {}
    ~Multi() { traffic_.give(handle_); }
    Multi(const Multi&) = delete;
    CURLM* get() const { return handle_; }
   private:
    Traffic& traffic_;
    CURLM* handle_;
  };

  // A place at a host. A loop that has none there always gets one, so nobody starves.
  bool enter(const Origin& host, int own);
  void leave(const Origin& host);

  void pause(const Origin& host, const std::string& bucket, Clock::time_point until);
  Clock::time_point paused_until(const Origin& host, const std::string& bucket) const;

  void answered(const Origin& host);          // it has, at least once
  void silent(const Origin& host);            // it was tried to the end and said nothing: a stranger again
  bool has_answered(const Origin& host) const;

 private:
  CURLM* take();
  void give(CURLM* multi);
  static std::string name(const Origin& host) { return host.scheme + "://" + host.host + ":" + host.port; }

  const int connections_;
  mutable std::mutex lock_;
  std::vector<CURLM*> idle_;
  std::map<std::string, int> under_way_;
  std::map<std::string, Clock::time_point> paused_;
  std::set<std::string> answered_;
};

}  // namespace hub
