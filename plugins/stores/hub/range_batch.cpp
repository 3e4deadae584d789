#include "range_batch.hpp"

#include <algorithm>
#include <string>

namespace hub {

ByteSpan RangeBatch::within(const ms_range& range, const Identity& identity) {
  const std::uint64_t size = identity.size().value_or(MS_SIZE_UNKNOWN);
  return {range.offset, range.offset >= size ? 0 : std::min(range.size, size - range.offset)};
}

bool RangeBatch::needs_bytes(const ms::Call& call, ms_range& range, const Identity& identity) {
  range.got = 0;
  range.status = MS_OK;
  range.file_size = identity.size().value_or(MS_SIZE_UNKNOWN);
  const ByteSpan inside = within(range, identity);
  if (inside.size == range.size || (range.flags & MS_RANGE_SHORT_OK)) return inside.size > 0;
  call.host()->range_fail(call.raw(), &range, MS_DATA_LOSS, ms::str(std::string(ms::view(range.name)) + " ends at byte " +
                          std::to_string(range.file_size) + ", bytes " + std::to_string(range.offset) + "-" +
                          std::to_string(range.offset + range.size - 1) + " were asked for"));
  return false;
}

void RangeBatch::add(ms_range& range, Identity& identity, Fetch fetch) {
  items_.push_back({&range, &identity, RangeBody(std::string(ms::view(range.name)), within(range, identity), range.into,
                    (range.flags & MS_RANGE_SHORT_OK) != 0, identity)});
  fetch.body = &items_.back().body;
  fetches_.push_back(std::move(fetch));
}

void RangeBatch::run(const std::function<void(const ms_range&, ByteSpan)>& arrived) {
  if (fetches_.empty()) return;
  HttpMulti(call_, settings_, traffic_, budget_).run(fetches_);
  for (std::size_t i = 0; i < items_.size(); ++i) {
    Item& item = items_[i];
    ms_range& range = *item.range;
    range.got = item.body.arrived();
    range.file_size = item.identity->size().value_or(MS_SIZE_UNKNOWN);
    if (const auto& failure = fetches_[i].failure) call_.host()->range_fail(call_.raw(), &range, failure->status, ms::str(failure->text));
    else arrived(range, {item.body.span().offset, range.got});
  }
}

}  // namespace hub
