#include "window.hpp"

#include <modelsig/kit/file_message.hpp>

#include <algorithm>

namespace gguf {

namespace {
constexpr std::uint64_t WORTH_A_JUMP = 1u << 20;  // a shorter gap is read along: a request costs more than its bytes
}

Window::Window(const ms::Call& call, ms::File file, std::uint64_t first)
    : call_(call), file_(file), name_(file.name()), next_(first), file_size_(file.size()) {}

void Window::fail(const std::string& why) const { throw ms::Error(MS_DATA_LOSS, name_ + ": byte " + std::to_string(position()) + ": " + why); }

ms_range Window::first_range() {
  bytes_.resize(static_cast<std::size_t>(std::min(next_, file_size_)));  // an unknown size is the largest
  next_ = std::min(next_ * 2, LARGEST);
  return file_.range(0, bytes_.size(), bytes_.data(), MS_RANGE_SHORT_OK);
}

void Window::accept(const ms_range& range) {
  if (range.status != MS_OK) {
    throw ms::Error(range.status, ms::with_file(ms::error(call_, range), name_));
  }
  if (range.file_size != MS_SIZE_UNKNOWN) file_size_ = range.file_size;
  if (range.got < range.size) file_size_ = range.offset + range.got;
  bytes_.resize(bytes_.size() - static_cast<std::size_t>(range.size - range.got));
}

// Keeps what is not consumed and reads on behind it, at least until `size` bytes are there.
void Window::fetch(std::uint64_t size, std::string_view what) {
  call_.check_cancelled();
  bytes_.erase(bytes_.begin(), bytes_.begin() + static_cast<std::ptrdiff_t>(at_));
  base_ += at_;
  at_ = 0;
  const std::uint64_t have = bytes_.size(), from = base_ + have;
  if (size > remaining())
    throw ms::Error(MS_DATA_LOSS, name_ + ": ends at byte " + std::to_string(file_size_) + ", inside " + std::string(what) + " that begins at byte " +
                                      std::to_string(base_) + ": download it again");
  const std::uint64_t wanted = std::max(size - have, std::clamp(expected_ > have ? expected_ - have : 0, next_, LARGEST));
  next_ = std::min(next_ * 2, LARGEST);
  expected_ = 0;
  const std::uint64_t left = file_size_ == MS_SIZE_UNKNOWN ? UINT64_MAX : file_size_ - from;
  const std::size_t count = static_cast<std::size_t>(std::min(wanted, left));
  bytes_.resize(bytes_.size() + count);
  ms_range range = file_.range(from, count, bytes_.data() + have, MS_RANGE_SHORT_OK);
  ms::read(call_, {&range, 1});
  accept(range);
  if (bytes_.size() < size) fetch(size, what);  // the file was shorter than it seemed: the sentence above
}

const std::uint8_t* Window::take(std::uint64_t size, std::string_view what) {
  if (size > bytes_.size() - at_) fetch(size, what);
  const std::uint8_t* out = bytes_.data() + at_;
  at_ += static_cast<std::size_t>(size);
  return out;
}

void Window::skip(std::uint64_t size, std::string_view what) {
  if (size <= bytes_.size() - at_) {
    at_ += static_cast<std::size_t>(size);
    return;
  }
  if (size > remaining()) fetch(size, what);
  std::uint64_t beyond = size - (bytes_.size() - at_);
  if (beyond < WORTH_A_JUMP) {
    for (constexpr std::uint64_t STEP = 1u << 16; size > 0;) {
      const std::uint64_t step = std::min(size, STEP);
      take(step, what);
      size -= step;
    }
    return;
  }
  base_ += bytes_.size() + beyond;
  bytes_.clear();
  at_ = 0;
  if (base_ > UINT64_MAX / 2) fail("is past the end of any file");
}

}  // namespace gguf
