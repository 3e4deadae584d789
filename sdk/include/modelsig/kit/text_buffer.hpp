// modelsig/kit/text_buffer.hpp - text that is parsed in place. Behind it lie PADDING bytes, because SIMD scanners
// look at whole blocks, and a NUL ends it.
#pragma once
#include <cstdint>
#include <cstring>
#include <memory>
#include <string_view>

namespace ms {

class TextBuffer {
 public:
  static constexpr std::size_t PADDING = 32;

  TextBuffer() = default;
  explicit TextBuffer(std::size_t capacity) : data_(new char[capacity + PADDING]), capacity_(capacity) { resize(0); }
  explicit TextBuffer(std::string_view text) : TextBuffer(text.size()) {
    if (!text.empty()) std::memcpy(data_.get(), text.data(), text.size());
    resize(text.size());
  }

  char* data() { return data_.get(); }
  std::uint8_t* bytes() { return reinterpret_cast<std::uint8_t*>(data_.get()); }
  std::size_t size() const { return size_; }
  std::size_t capacity() const { return capacity_; }
  std::string_view view() const { return {data_.get(), size_}; }
  // size <= capacity; what was read into data() before counts
  void resize(std::size_t size) {
    size_ = size;
    std::memset(data_.get() + size, 0, PADDING);
  }

 private:
  std::unique_ptr<char[]> data_;
  std::size_t capacity_ = 0, size_ = 0;
};

}  // namespace ms
