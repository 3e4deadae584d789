#include "core/host/session.hpp"

#include <modelsig/abi.h>

#include <algorithm>
#include <thread>
#include <tuple>

namespace modelsig {

void Problems::add(Problem problem) {
  std::lock_guard guard(lock_);
  list_.push_back(std::move(problem));
}

std::vector<Problem> Problems::sorted() const {
  std::lock_guard guard(lock_);
  auto out = list_;
  std::sort(out.begin(), out.end(), [](const Problem& a, const Problem& b) {
    return std::tie(b.level, a.subject, a.text, a.step) < std::tie(a.level, b.subject, b.text, b.step);
  });
  out.erase(std::unique(out.begin(), out.end(), [](const Problem& a, const Problem& b) {
    return a.level == b.level && a.subject == b.subject && a.text == b.text && a.step == b.step;
  }), out.end());
  return out;
}

bool Problems::incomplete() const {
  std::lock_guard guard(lock_);
  return std::any_of(list_.begin(), list_.end(), [](const Problem& p) { return p.level >= MS_ERROR; });
}

Session::Session(unsigned threads, const std::atomic<bool>* stop)
    : threads_(threads ? threads : std::max(1u, std::thread::hardware_concurrency())), stop_(stop) {}

// Threads are made on demand and counted over nested calls: a parallel run over models whose formats
// parse shards in parallel never has more than threads() at work. Starting one costs about 20 us.
void Session::parallel(std::size_t count, const std::function<void(std::size_t)>& task) {
  std::atomic<std::size_t> next{0};
  const auto work = [&] {
    for (std::size_t i; (i = next.fetch_add(1)) < count;) task(i);
  };
  std::vector<std::thread> helpers;
  while (helpers.size() + 1 < count) {
    unsigned busy = busy_.load();
    if (busy >= threads_) break;
    if (busy_.compare_exchange_weak(busy, busy + 1)) helpers.emplace_back([&] { work(); busy_.fetch_sub(1); });
  }
  work();
  for (auto& helper : helpers) helper.join();
}

}  // namespace modelsig
