#include "host_stream.hpp"

#include <algorithm>

namespace onnx {

bool HostStream::fetch(std::uint64_t size) {
  const std::uint64_t at = position();
  if (size_ != MS_SIZE_UNKNOWN) size = at >= size_ ? 0 : std::min(size, size_ - at);
  start_ = at;
  used_ = 0;
  window_.resize(static_cast<std::size_t>(size));
  if (size == 0 || failed_ != MS_OK) return window_.clear(), false;
  ms_range range = file_.range(at, size, window_.data(), MS_RANGE_SHORT_OK);
  failed_ = call_.host()->read(call_.raw(), &range, 1);  // ms::read would throw through protobuf's reader
  if (failed_ != MS_OK) failure_ = ms::error(call_, range);
  if (failed_ != MS_OK) {
    if (failure_.empty()) failure_ = std::string(file_.name()) + ": cannot be read at byte " + std::to_string(at);
    return window_.clear(), false;
  }
  if (size_ == MS_SIZE_UNKNOWN && range.file_size != MS_SIZE_UNKNOWN) size_ = range.file_size;
  if (size_ == MS_SIZE_UNKNOWN && range.got < size) size_ = at + range.got;
  window_.resize(static_cast<std::size_t>(range.got));
  return range.got > 0;
}

bool HostStream::Next(const void** data, int* size) {
  if (used_ == window_.size()) {
    if (!fetch(next_)) return false;
    next_ = std::min(next_ * 2, largest_);
  }
  *data = window_.data() + used_;
  *size = static_cast<int>(window_.size() - used_);
  used_ = window_.size();
  return true;
}

bool HostStream::Skip(int count) {
  seek(position() + static_cast<std::uint64_t>(count));
  return size_ == MS_SIZE_UNKNOWN || position() <= size_;
}

void HostStream::seek(std::uint64_t position) {
  if (position >= start_ && position - start_ <= window_.size()) {
    used_ = static_cast<std::size_t>(position - start_);
    return;
  }
  const std::uint64_t end = start_ + window_.size();
  largest_ = LARGEST_AFTER_SEEK;
  next_ = position > end && position - end <= SMALL_GAP ? std::min(next_, largest_) : AFTER_SEEK;
  start_ = position;
  used_ = 0;
  window_.clear();
}

std::uint64_t HostStream::size() {
  if (size_ == MS_SIZE_UNKNOWN && window_.empty()) fetch(next_);
  return size_;
}

std::string_view HostStream::start() {
  if (window_.empty() && position() == 0) fetch(next_), next_ = std::min(next_ * 2, LARGEST);
  return {reinterpret_cast<const char*>(window_.data()), start_ == 0 ? window_.size() : 0};
}

}  // namespace onnx
