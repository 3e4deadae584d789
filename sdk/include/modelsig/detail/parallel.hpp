#pragma once
#include <cstdint>
#include <exception>
#include <mutex>

namespace ms {

template <class Task>
void Call::parallel(std::size_t count, Task task) const {
  struct Context {
    Task* task;
    std::mutex lock;
    std::size_t index = SIZE_MAX;
    std::exception_ptr error;
  } context{&task, {}, SIZE_MAX, {}};
  const ms_status status = host_->parallel(call_, count, [](void* ctx, std::size_t index) noexcept -> ms_status {
    auto* mine = static_cast<Context*>(ctx);
    try {
      (*mine->task)(index);
      return MS_OK;
    } catch (...) {
      std::lock_guard guard(mine->lock);
      if (index < mine->index) mine->index = index, mine->error = std::current_exception();
      return MS_INTERNAL;
    }
  }, &context);
  if (context.error) std::rethrow_exception(context.error);
  check(status);
}

}  // namespace ms
