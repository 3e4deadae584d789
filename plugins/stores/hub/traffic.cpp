#include "traffic.hpp"

#include <algorithm>
#include <new>

namespace hub {
namespace {

void start_libcurl() {
  static const CURLcode once = curl_global_init(CURL_GLOBAL_ALL);  // never undone: plugins are never unloaded
  if (once != CURLE_OK) throw std::bad_alloc();
}

}  // namespace

Traffic::Traffic(int connections) : connections_(connections) { start_libcurl(); }

Traffic::~Traffic() {
  for (CURLM* multi : idle_) curl_multi_cleanup(multi);
}

CURLM* Traffic::take() {
  {
    const std::lock_guard guard(lock_);
    if (!idle_.empty()) {
      CURLM* multi = idle_.back();
      idle_.pop_back();
      return multi;
    }
  }
  CURLM* multi = curl_multi_init();
  if (!multi) throw std::bad_alloc();
  curl_multi_setopt(multi, CURLMOPT_PIPELINING, static_cast<long>(CURLPIPE_MULTIPLEX));
  curl_multi_setopt(multi, CURLMOPT_MAXCONNECTS, static_cast<long>(2 * connections_));  // kept warm; hub and CDN
  return multi;
}

void Traffic::give(CURLM* multi) {
  const std::lock_guard guard(lock_);
  idle_.push_back(multi);
}

bool Traffic::enter(const Origin& host, int own) {
  const std::lock_guard guard(lock_);
  int& count = under_way_[name(host)];
  if (count >= connections_ && own > 0) return false;
  ++count;
  return true;
}

void Traffic::leave(const Origin& host) {
  const std::lock_guard guard(lock_);
  --under_way_[name(host)];
}

void Traffic::pause(const Origin& host, const std::string& bucket, Clock::time_point until) {
  const std::lock_guard guard(lock_);
  Clock::time_point& at = paused_[name(host) + " " + bucket];
  at = std::max(at, until);
}

Traffic::Clock::time_point Traffic::paused_until(const Origin& host, const std::string& bucket) const {
  const std::lock_guard guard(lock_);
  const auto found = paused_.find(name(host) + " " + bucket);
  return found == paused_.end() ? Clock::time_point{} : found->second;
}

void Traffic::answered(const Origin& host) {
  const std::lock_guard guard(lock_);
  answered_.insert(name(host));
}

void Traffic::silent(const Origin& host) {
  const std::lock_guard guard(lock_);
  answered_.erase(name(host));
}

bool Traffic::has_answered(const Origin& host) const {
  const std::lock_guard guard(lock_);
  return answered_.contains(name(host));
}

}  // namespace hub
