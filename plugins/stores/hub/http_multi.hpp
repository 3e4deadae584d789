// The event loop: all fetches of one batch at once over one curl multi handle, on the caller's thread.
// Redirects, retries, pauses, idle timeouts and cancellation happen here; what bytes mean does not.
#pragma once
#include <deque>
#include <functional>
#include <memory>
#include <modelsig/model.hpp>
#include <span>
#include <vector>

#include "budget.hpp"
#include "fetch.hpp"
#include "retry.hpp"
#include "traffic.hpp"
#include "transfer.hpp"

namespace hub {

class HttpMulti {
 public:
  HttpMulti(const ms::Call& call, const Settings& settings, Traffic& traffic, Budget& budget);
  ~HttpMulti();
  HttpMulti(const HttpMulti&) = delete;

  // Returns when every fetch has its outcome; throws ms::Told when the run is cancelled.
  void run(std::span<Fetch> fetches);
  void run(Fetch& fetch) { run(std::span<Fetch>(&fetch, 1)); }

 private:
  struct Job {
    Fetch* fetch;
    Url url;
    int failed = 0, redirects = 0;
    std::uint64_t arrived = 0;
    Clock::time_point not_before{};
    std::unique_ptr<Transfer> transfer;
    bool done = false;
  };

  void start_ready();
  bool start(Job& job);
  void stop(Job& job);
  void collect();
  void check_idle();
  void settle(Job& job, Transfer::Outcome outcome);
  void redirect(Job& job, const Url& to);
  void fail(Job& job, Failure failure);
  void finish(Job& job, std::optional<Failure> failure);
  void report_progress();
  Clock::time_point startable(const Job& job) const;

  const ms::Call& call_;
  const Settings& settings_;
  Traffic& traffic_;
  Budget& budget_;
  Retry retry_;
  Traffic::Multi multi_;
  std::vector<Job> jobs_;
  std::deque<std::size_t> waiting_;
  std::map<CURL*, Job*> running_;
  std::map<std::string, int> own_;      // running here, by host
  std::size_t unfinished_ = 0, reported_ = 0;
  std::optional<Failure> for_all_;
  Clock::time_point deadline_;
};

}  // namespace hub
