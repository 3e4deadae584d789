// The bytes of one file from its start, in windows that grow: what was consumed is dropped and never read again, so memory
// stays that of one window and a header of 10 MB costs about five requests. A gap that is passed over is not read at all.
#pragma once
#include <modelsig/model.hpp>

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace gguf {

class Window {
 public:
  static constexpr std::uint64_t LARGEST = 16u << 20;

  Window(const ms::Call& call, ms::File file, std::uint64_t first);
  // The first windows of all files go out as one batch: ask for the ranges, read them together, hand each back.
  ms_range first_range();
  void accept(const ms_range& range);

  // `size` bytes in a row, consumed; valid until the next call. `what` completes "the file ends inside ...".
  const std::uint8_t* take(std::uint64_t size, std::string_view what);
  void skip(std::uint64_t size, std::string_view what);
  void expect(std::uint64_t bytes) { expected_ = bytes; }  // a guess how much more will be wanted, for the next window

  std::uint64_t position() const { return base_ + at_; }
  std::uint64_t file_size() const { return file_size_; }   // MS_SIZE_UNKNOWN until a read tells
  std::uint64_t remaining() const { return file_size_ == MS_SIZE_UNKNOWN ? UINT64_MAX : file_size_ - std::min(file_size_, position()); }
  void check_cancelled() const { call_.check_cancelled(); }
  const std::string& name() const { return name_; }
  std::string_view start() const { return {reinterpret_cast<const char*>(bytes_.data()), bytes_.size()}; }  // of what is held
  [[noreturn]] void fail(const std::string& why) const;    // "file: byte N: why"

 private:
  void fetch(std::uint64_t size, std::string_view what);

  const ms::Call& call_;
  ms::File file_;
  std::string name_;
  std::vector<std::uint8_t> bytes_;
  std::uint64_t base_ = 0;       // offset in the file of bytes_[0]
  std::size_t at_ = 0;
  std::uint64_t next_, expected_ = 0, file_size_;
};

}  // namespace gguf
