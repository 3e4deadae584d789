// Neighbouring ranges of one file become one request; behind it each caller has its own bytes and status.
#pragma once
#include <modelsig/abi.h>

#include <cstdint>
#include <memory>
#include <vector>

namespace modelsig {

class Call;

class MergedRanges {
 public:
  // ranges whose gap is at most `gap` bytes are read together
  MergedRanges(std::vector<ms_range*> wanted, std::uint64_t gap);
  std::vector<ms_range>& ranges() { return ranges_; }
  // status: what the store returned for the batch; a range the store left untouched inherits it
  void hand_out(Call& call, ms_status status);

 private:
  std::vector<ms_range*> wanted_;            // by file, then offset
  std::vector<std::size_t> first_;           // ranges_[i] serves wanted_[first_[i] .. first_[i + 1])
  std::vector<ms_range> ranges_;
  std::vector<std::unique_ptr<std::uint8_t[]>> buffers_;
};

}  // namespace modelsig
