#include "http_multi.hpp"

#include <algorithm>

#include "limits.hpp"

namespace hub {
namespace {

std::string in_seconds(Clock::duration time) {
  const auto tenths = std::chrono::duration_cast<std::chrono::milliseconds>(time).count() / 100;
  return std::to_string(tenths / 10) + "." + std::to_string(tenths % 10) + " s";
}

}  // namespace

HttpMulti::HttpMulti(const ms::Call& call, const Settings& settings, Traffic& traffic, Budget& budget)
    : call_(call), settings_(settings), traffic_(traffic), budget_(budget), retry_(settings), multi_(traffic) {}

HttpMulti::~HttpMulti() {  // also when the run is cancelled: whatever is under way is cut
  for (auto& job : jobs_)
    if (job.transfer) stop(job);
}

void HttpMulti::run(std::span<Fetch> fetches) {
  const auto begin = Clock::now();
  deadline_ = begin + budget_.time_left();
  struct Spent {  // counted on every way out
    Budget& budget;
    Clock::time_point begin;
    ~Spent() { budget.spend_time(std::chrono::duration_cast<std::chrono::milliseconds>(Clock::now() - begin)); }
  } spent{budget_, begin};

  jobs_.clear();
  waiting_.clear();
  for (Fetch& fetch : fetches) {
    jobs_.push_back({});
    jobs_.back().fetch = &fetch;
    jobs_.back().url = fetch.url;
    waiting_.push_back(jobs_.size() - 1);
  }
  unfinished_ = reported_ = jobs_.size();
  for_all_.reset();
  while (unfinished_) {
    call_.check_cancelled();
    int still_running = 0;
    curl_multi_perform(multi_.get(), &still_running);
    collect();
    check_idle();
    start_ready();
    report_progress();
    if (!unfinished_) break;
    auto wait = Clock::now() + limits::poll;
    for (const std::size_t index : waiting_)
      if (const auto at = startable(jobs_[index]); at > Clock::now()) wait = std::min(wait, at);
    const auto left = std::chrono::ceil<std::chrono::milliseconds>(wait - Clock::now());
    curl_multi_poll(multi_.get(), nullptr, 0, std::max<int>(0, static_cast<int>(left.count())), nullptr);
  }
}

Clock::time_point HttpMulti::startable(const Job& job) const {
  return std::max(job.not_before, traffic_.paused_until(job.url.origin, job.fetch->bucket));
}

void HttpMulti::start_ready() {
  const auto now = Clock::now();
  bool full = false;
  for (std::size_t n = waiting_.size(); n > 0; --n) {
    const std::size_t index = waiting_.front();
    waiting_.pop_front();
    Job& job = jobs_[index];
    const auto at = startable(job);
    if (for_all_) {
      finish(job, for_all_);
    } else if (now >= deadline_) {
      fail(job, budget_.time_exceeded());
    } else if (at - now > settings_.max_pause) {
      finish(job, Failure{MS_UNAVAILABLE, job.url.origin.host + " asks for a pause of " + in_seconds(at - now) +
             ", option 'max_pause' waits " + in_seconds(settings_.max_pause) + ": run again later, or with a token (its limits are higher)", false, true});
    } else if (at >= deadline_) {
      fail(job, budget_.time_exceeded());
    } else if (full || at > now || !start(job)) {
      full = full || at <= now;  // no place: those behind it would not get one either, and order stays
      if (!job.done) waiting_.push_back(index);
    }
  }
}

bool HttpMulti::start(Job& job) {
  int& own = own_[job.url.origin.host + ":" + job.url.origin.port];
  if (!traffic_.enter(job.url.origin, own)) return false;
  ++own;
  const auto range = job.fetch->body->wanted();
  if (auto refused = budget_.spend_request(range ? range->size : 0)) {
    --own;
    traffic_.leave(job.url.origin);
    finish(job, refused);
    return true;
  }
  job.arrived = job.fetch->body->arrived();
  job.transfer = std::make_unique<Transfer>(*job.fetch, job.url, settings_, budget_);
  running_[job.transfer->easy()] = &job;
  curl_multi_add_handle(multi_.get(), job.transfer->easy());
  return true;
}

void HttpMulti::stop(Job& job) {
  curl_multi_remove_handle(multi_.get(), job.transfer->easy());
  running_.erase(job.transfer->easy());
  --own_[job.url.origin.host + ":" + job.url.origin.port];
  traffic_.leave(job.url.origin);
  job.transfer.reset();
}

void HttpMulti::collect() {
  int left = 0;
  while (CURLMsg* message = curl_multi_info_read(multi_.get(), &left)) {
    if (message->msg != CURLMSG_DONE) continue;
    const auto found = running_.find(message->easy_handle);
    if (found == running_.end()) continue;
    Job& job = *found->second;
    Transfer::Outcome outcome;
    try {
      outcome = job.transfer->finish(message->data.result);
    } catch (const ms::Error& error) {  // a Location that is no URL
      outcome.failure = Failure{error.status(), error.what()};
    }
    stop(job);
    settle(job, std::move(outcome));
  }
}

void HttpMulti::check_idle() {
  const auto now = Clock::now();
  std::vector<Job*> late;
  for (const auto& [easy, job] : running_)
    if (now >= deadline_ || now - job->transfer->last_activity() > settings_.timeout) late.push_back(job);
  for (Job* job : late) {
    stop(*job);
    if (now >= deadline_) finish(*job, budget_.time_exceeded());
    else fail(*job, {MS_UNAVAILABLE, job->fetch->what + ": no byte from " + job->url.origin.host + " for " + in_seconds(settings_.timeout) +
                     " (option 'timeout'): run again later, or raise it", true, false});
  }
}

void HttpMulti::settle(Job& job, Transfer::Outcome outcome) {
  const Head& head = job.fetch->head;
  if (head.status) traffic_.answered(job.url.origin);
  if (outcome.redirect) return redirect(job, *outcome.redirect);
  if (!outcome.failure) {
    if (const auto reset = rate_limit_reset(head.headers)) traffic_.pause(job.url.origin, job.fetch->bucket, Clock::now() + *reset);
    return finish(job, std::nullopt);
  }
  if (outcome.failure->retry)
    if (const auto pause = asked_pause(head)) traffic_.pause(job.url.origin, job.fetch->bucket, Clock::now() + *pause);
  fail(job, std::move(*outcome.failure));
}

void HttpMulti::redirect(Job& job, const Url& to) {
  const std::string from = job.url.shown();
  if (++job.redirects > limits::redirects)
    return finish(job, Failure{MS_DATA_LOSS, job.fetch->what + ": more than " + std::to_string(limits::redirects) + " redirects, the last to " + to.shown() +
           ": a login page or a proxy may stand in between, check the endpoint and the token"});
  if (job.url.origin.scheme == "https" && to.origin.scheme != "https")
    return finish(job, Failure{MS_DENIED, job.fetch->what + ": " + from + " redirects from https to plain " + to.shown() + ", which is refused"});
  if (job.fetch->on_redirect)
    if (auto refused = job.fetch->on_redirect(job.fetch->head, to)) return finish(job, std::move(refused));
  job.url = to;
  waiting_.push_front(static_cast<std::size_t>(&job - jobs_.data()));
}

// Back to the start of the chain: a redirect's target may have been signed for one moment only.
void HttpMulti::fail(Job& job, Failure failure) {
  const bool answered = traffic_.has_answered(job.url.origin);
  if (job.fetch->body->arrived() > job.arrived) job.failed = 0;  // it moves, if slowly; the budget bounds it
  if (!failure.retry || job.failed >= retry_.allowed(answered) || Clock::now() >= deadline_) {
    if (job.fetch->head.status == 0) traffic_.silent(job.url.origin);
    if (failure.retry && job.failed) failure.text += "; tried " + std::to_string(job.failed + 1) + " times";
    return finish(job, std::move(failure));
  }
  const auto delay = retry_.delay(job.failed++);
  call_.log(MS_INFO, failure.text + "; again in " + in_seconds(delay));
  job.not_before = Clock::now() + delay;
  job.url = job.fetch->url;
  job.redirects = 0;
  job.fetch->head = {};
  waiting_.push_back(static_cast<std::size_t>(&job - jobs_.data()));
}

// How many files of the batch are settled and, with no total, how many more bytes have come.
void HttpMulti::report_progress() {
  if (const std::uint64_t more = budget_.unreported_bytes()) call_.progress(more, 0);
  if (unfinished_ == reported_ || jobs_.size() == 1) return;
  reported_ = unfinished_;
  call_.progress(jobs_.size() - unfinished_, jobs_.size());
}

void HttpMulti::finish(Job& job, std::optional<Failure> failure) {
  if (failure && failure->for_all && !for_all_) for_all_ = failure;
  job.fetch->failure = std::move(failure);
  job.done = true;
  --unfinished_;
}

}  // namespace hub
