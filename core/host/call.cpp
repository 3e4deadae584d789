#include "core/host/call.hpp"

#include "core/host/writer.hpp"

namespace modelsig {

ms_status Call::fail(ms_status status, std::string_view text) {
  std::lock_guard guard(lock_);
  if (text_.empty()) text_ = text;
  return status == MS_OK ? MS_INTERNAL : status;
}

std::string Call::failure() const {
  std::lock_guard guard(lock_);
  return text_;
}

void Call::require(ms_status status) {
  if (status == MS_OK) return;
  if (status == MS_CANCELLED || session_.cancelled()) throw Error("cancelled", MS_CANCELLED);
  const std::string text = failure();
  throw Error(text.empty() ? step_ + " failed with status " + std::to_string(status) + " and gave no reason" : text, status);
}

void Call::require(ms_status status, const Writer& emitted) {
  if (status != MS_OK && !emitted.error().empty()) fail(status, step_ + " emitted no valid document: " + emitted.error());
  require(status);
}

void Call::range_failed(const ms_range* range, std::string_view text) {
  std::lock_guard guard(lock_);
  range_errors_[range] = text;
}

std::string_view Call::range_error(const ms_range* range) const {
  std::lock_guard guard(lock_);
  auto it = range_errors_.find(range);
  return it == range_errors_.end() ? std::string_view{} : std::string_view(it->second);
}

const Value* Call::hold(std::unique_ptr<Document> document) {
  held_ = std::move(document);
  return &held_->root();
}

}  // namespace modelsig
