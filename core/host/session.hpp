// What all steps of a run share: the wish to stop, the threads, the log, the progress line.
#pragma once
#include <atomic>
#include <cstdint>
#include <functional>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>
#include <vector>

#include "core/host/expressions.hpp"

namespace modelsig {

// Something about a model that the report must say. Level MS_ERROR: the model is incomplete.
struct Problem {
  int level;
  std::string step, subject, text;
};

class Problems {
 public:
  void add(Problem problem);
  std::vector<Problem> sorted() const;  // by level, subject, text: independent of thread order
  bool incomplete() const;

 private:
  mutable std::mutex lock_;
  std::vector<Problem> list_;
};

class Session {
 public:
  explicit Session(unsigned threads = 0, const std::atomic<bool>* stop = nullptr);

  bool cancelled() const { return stop_ && stop_->load(std::memory_order_relaxed); }
  unsigned threads() const { return threads_; }
  // task(0 .. count-1) on up to threads() threads, the calling one among them; tasks must not throw
  void parallel(std::size_t count, const std::function<void(std::size_t)>& task);

  // Keeps something until the end of the run and hands it back: what plugins were given may be used that long.
  template <class T>
  T* keep(std::unique_ptr<T> thing) {
    T* out = thing.get();
    std::lock_guard guard(kept_lock_);
    kept_.push_back(std::shared_ptr<T>(std::move(thing)));
    return out;
  }

  Expressions& expressions() { return expressions_; }

  std::function<void(int level, std::string_view step, std::string_view text)> on_log;
  std::function<void(std::string_view step, std::uint64_t done, std::uint64_t total)> on_progress;

 private:
  Expressions expressions_;
  std::mutex kept_lock_;
  std::vector<std::shared_ptr<void>> kept_;
  unsigned threads_;
  const std::atomic<bool>* stop_;
  std::atomic<unsigned> busy_{1};  // threads in use over all nested parallel() calls
};

}  // namespace modelsig
