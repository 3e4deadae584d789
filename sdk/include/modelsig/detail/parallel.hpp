#pragma once
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
    auto* shared = static_cast<Context*>(ctx);
    try {
      (*shared->task)(index);
      return MS_OK;
    } catch (...) {
      std::lock_guard guard(shared->lock);
      if (index < shared->index) shared->index = index, shared->error = std::current_exception();
      return MS_INTERNAL;
    }
  }, &context);
  if (context.error) std::rethrow_exception(context.error);
  check(status);
}

}  // namespace ms
