// modelsig/kit/whole_file.hpp - small files of a repository, whole, all in one batch (one round trip for a remote store).
#pragma once
#include <algorithm>
#include <string>
#include <vector>

#include "../model.hpp"
#include "text_buffer.hpp"

namespace ms {

struct WholeFile {
  File file;
  TextBuffer text;
  std::string error;  // why it could not be read; the text is empty then
};

// A file whose size is not known is asked for in two steps: GUESS bytes, then up to `limit`.
inline void read_whole(const Call& call, std::vector<WholeFile>& files, std::uint64_t limit) {
  constexpr std::uint64_t GUESS = 256 * 1024;
  const auto too_long = [&](std::uint64_t size) {
    return "is " + std::to_string(size) + " bytes long, more than the limit of " + std::to_string(limit);
  };
  std::vector<std::size_t> open;
  for (std::size_t i = 0; i < files.size(); ++i) open.push_back(i);
  for (std::uint64_t guess = GUESS; !open.empty(); guess = limit + 1) {
    std::vector<ms_range> ranges;
    std::vector<std::size_t> asked, again;
    for (std::size_t i : open) {
      const std::uint64_t known = files[i].file.size();
      if (known != MS_SIZE_UNKNOWN && known > limit) { files[i].error = too_long(known); continue; }
      const bool exact = known != MS_SIZE_UNKNOWN;
      const std::uint64_t want = exact ? known : std::min(guess, limit + 1);
      files[i].text = TextBuffer(static_cast<std::size_t>(want));
      ranges.push_back(files[i].file.range(0, want, files[i].text.bytes(), exact ? 0 : static_cast<std::uint32_t>(MS_RANGE_SHORT_OK)));
      asked.push_back(i);
    }
    if (!ranges.empty()) read(call, ranges);
    for (std::size_t k = 0; k < asked.size(); ++k) {
      WholeFile& file = files[asked[k]];
      const ms_range& range = ranges[k];
      if (range.status != MS_OK) file.error = error(call, range);
      else if (range.got > limit) file.error = too_long(range.got);
      else if ((range.flags & MS_RANGE_SHORT_OK) && range.got == range.size) again.push_back(asked[k]);
      file.text.resize(file.error.empty() ? static_cast<std::size_t>(range.got) : 0);
    }
    open = std::move(again);
  }
}

}  // namespace ms
