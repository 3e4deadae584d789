#include "core/bytes/merge.hpp"

#include <algorithm>
#include <cstring>
#include <functional>
#include <string>

#include "core/host/call.hpp"

namespace modelsig {

MergedRanges::MergedRanges(std::vector<ms_range*> wanted, std::uint64_t gap) : wanted_(std::move(wanted)) {
  std::stable_sort(wanted_.begin(), wanted_.end(), [](const ms_range* a, const ms_range* b) {
    return a->file != b->file ? std::less<>{}(a->file, b->file) : a->offset < b->offset;
  });
  for (std::size_t i = 0; i < wanted_.size();) {
    ms_range merged = *wanted_[i];
    std::uint64_t end = merged.offset + merged.size;
    std::size_t next = i + 1;
    for (; next < wanted_.size() && wanted_[next]->file == merged.file && wanted_[next]->offset <= end + gap; ++next) {
      end = std::max(end, wanted_[next]->offset + wanted_[next]->size);
      merged.flags &= wanted_[next]->flags;
    }
    if (next - i > 1) {
      merged.size = end - merged.offset;
      buffers_.push_back(std::make_unique<std::uint8_t[]>(merged.size));
      merged.into = buffers_.back().get();
      merged.flags |= MS_RANGE_SHORT_OK;  // shortness is judged range by range behind the read
    }
    first_.push_back(i);
    ranges_.push_back(merged);
    i = next;
  }
  first_.push_back(wanted_.size());
}

void MergedRanges::hand_out(Call& call, ms_status status) {
  for (std::size_t i = 0; i < ranges_.size(); ++i) {
    const ms_range& merged = ranges_[i];
    const std::string text(call.range_error(&merged));
    for (std::size_t w = first_[i]; w < first_[i + 1]; ++w) {
      ms_range& range = *wanted_[w];
      range.status = merged.status;
      range.file_size = merged.file_size;
      if (merged.status == MS_OK && status != MS_OK && merged.got == 0) range.status = status;
      if (range.status != MS_OK) {
        const std::string why = !text.empty() ? text : call.failure();
        call.range_failed(&range, why.empty() ? std::string(range.name.data, range.name.size) + ": could not be read" : why);
        continue;
      }
      const std::uint64_t skip = range.offset - merged.offset;
      range.got = std::min(range.size, merged.got > skip ? merged.got - skip : 0);
      if (merged.into != range.into) std::memcpy(range.into, merged.into + skip, range.got);
    }
  }
}

}  // namespace modelsig
