// A list that grows in blocks which stay where they are: a vector of 90,000 rows leaves as much memory behind while it grows, and
// touching memory costs time. (boost::container::deque does the same at three times the instructions a look.)
#pragma once
#include <cstddef>
#include <utility>
#include <vector>

namespace modelsig {

template <class T>
class Blocks {
 public:
  static constexpr std::size_t kBlock = 4096;

  std::size_t size() const { return size_; }
  bool empty() const { return size_ == 0; }
  T& operator[](std::size_t index) { return blocks_[index / kBlock][index % kBlock]; }
  const T& operator[](std::size_t index) const { return blocks_[index / kBlock][index % kBlock]; }
  T& back() { return (*this)[size_ - 1]; }
  void push_back(T item) {
    if (size_ == blocks_.size() * kBlock) blocks_.emplace_back().reserve(blocks_.size() > 1 ? kBlock : 0);  // the first grows as it likes
    blocks_.back().push_back(std::move(item));
    ++size_;
  }

 private:
  std::vector<std::vector<T>> blocks_;
  std::size_t size_ = 0;
};

}  // namespace modelsig
