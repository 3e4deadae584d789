#include "range_body.hpp"

#include <algorithm>
#include <cstring>

#include "limits.hpp"

namespace hub {
namespace {

constexpr std::string_view pointer_mark = "version https://git-lfs";
constexpr const char* by_hand = "download the model and give its folder";

bool ends_with_any(std::string_view name, std::initializer_list<std::string_view> suffixes) {
  return std::any_of(suffixes.begin(), suffixes.end(), [&](std::string_view suffix) { return name.ends_with(suffix); });
}

std::string span_text(ByteSpan span) {
  return "bytes " + std::to_string(span.offset) + "-" + std::to_string(span.offset + span.size - 1);
}

}  // namespace

// A whole JSON file goes without a Range header: then it may come compressed, an index a tenth of its size.
// Nothing else does: a request for a file of weights always says where it ends.
std::optional<ByteSpan> RangeBody::wanted() const {
  const bool whole = span_.offset == 0 && got_ == 0 && identity_.size() == span_.size;
  if (whole && ends_with_any(name_, {".json"})) return std::nullopt;
  return ByteSpan{span_.offset + got_, span_.size - got_};
}

std::optional<Failure> RangeBody::head(const Head& head) {
  doubt_.reset();
  body_end_.reset();
  if (head.headers.get("content-type").substr(0, 9) == "text/html" && !ends_with_any(name_, {".html", ".htm"}))
    return Failure{MS_DENIED, name_ + ": the server answers with an HTML page, not with the file: a login page or a proxy stands in "
                   "between; give a token, or check the endpoint"};
  const std::string_view encoding = head.headers.get("content-encoding");
  if (!encoding.empty() && encoding != "identity" && (wanted() || head.status == 206))
    return Failure{MS_DATA_LOSS, name_ + ": the server compresses a byte range (Content-Encoding: " + std::string(encoding) +
                   ") although identity was asked for, so its offsets mean nothing: a proxy may do that; use another network, or " + by_hand};
  if (head.status == 206) return partial(head);
  if (head.status == 200) return whole(head);
  return Failure{MS_DATA_LOSS, name_ + ": the server answers " + std::to_string(head.status) + ", expected 206"};
}

std::optional<Failure> RangeBody::partial(const Head& head) {
  const ByteSpan asked = wanted().value_or(span_);
  const std::string header(head.headers.get("content-range"));
  const auto range = content_range(header);
  if (!range || !range->first)
    return Failure{MS_DATA_LOSS, name_ + ": a 206 answer with Content-Range '" + header.substr(0, 80) + "', expected " + span_text(asked) + ": run again, or " + by_hand, true, false};
  if (*range->first != asked.offset || *range->last > asked.offset + asked.size - 1)
    return Failure{MS_DATA_LOSS, name_ + ": asked for " + span_text(asked) + ", the server sends '" + header.substr(0, 80) + "': run again, or " + by_hand, true, false};
  at_ = *range->first;
  body_end_ = *range->last + 1;
  return range->total ? sized(*range->total) : std::nullopt;
}

std::optional<Failure> RangeBody::whole(const Head& head) {
  at_ = 0;
  const std::uint64_t skipped = span_.offset + got_;
  if (skipped > limits::skip)
    return Failure{MS_UNSUPPORTED, name_ + ": the server ignores Range (200 instead of 206) and would send " + std::to_string(skipped) +
                   " bytes before the wanted ones, the limit is " + std::to_string(limits::skip) + ": " + by_hand};
  const auto length = whole_number(head.headers.get("content-length"));
  if (!length || !head.headers.get("content-encoding").empty()) return std::nullopt;
  body_end_ = *length;
  return sized(*length);
}

std::optional<Failure> RangeBody::sized(std::uint64_t total) {
  const std::string wrong = identity_.check_size(total);
  if (wrong.empty()) return std::nullopt;
  Failure failure{MS_DATA_LOSS, name_ + " " + wrong + ": the repository or a proxy is out of step, run again"};
  if (total > limits::pointer_size || span_.offset != 0) return failure;
  doubt_ = std::move(failure);
  return std::nullopt;
}

Body::Take RangeBody::data(std::span<const char> bytes) {
  const std::uint64_t need = span_.offset + got_;
  if (at_ < need) {
    const auto skipped = std::min<std::uint64_t>(need - at_, bytes.size());
    at_ += skipped;
    bytes = bytes.subspan(skipped);
  }
  const auto taken = std::min<std::uint64_t>(span_.size - got_, bytes.size());
  if (taken) std::memcpy(into_ + got_, bytes.data(), taken);
  got_ += taken;
  at_ += taken;
  const bool more_to_come = taken < bytes.size() || !body_end_ || at_ < *body_end_;
  return got_ == span_.size && more_to_come ? Take::enough : Take::more;
}

bool RangeBody::looks_like_pointer() const {
  return span_.offset == 0 && got_ >= pointer_mark.size() && std::memcmp(into_, pointer_mark.data(), pointer_mark.size()) == 0;
}

std::optional<Failure> RangeBody::end() {
  if (looks_like_pointer())
    return Failure{MS_DATA_LOSS, name_ + " is a git-LFS pointer, not the file itself: the server does not serve LFS content here; "
                   "use the hub's own address, or 'git lfs pull' and the local folder"};
  if (doubt_) return doubt_;
  if (got_ == span_.size) return std::nullopt;
  const auto size = identity_.size();
  if (!size && body_end_ == at_ && at_ < span_.offset + span_.size && at_ > 0) identity_.check_size(at_);  // 200 to its end
  if (identity_.size() && span_.offset + got_ >= *identity_.size()) {
    if (short_ok_) return std::nullopt;
    return Failure{MS_DATA_LOSS, name_ + " ends at byte " + std::to_string(*identity_.size()) + ", " + span_text(span_) + " were asked for"};
  }
  return Failure{MS_UNAVAILABLE, name_ + ": only " + std::to_string(got_) + " of " + std::to_string(span_.size) + " bytes came", true, false};
}

std::optional<Failure> RangeBody::past_end(const Head& head) {
  if (const auto range = content_range(head.headers.get("content-range")); range && range->total)
    if (const std::string wrong = identity_.check_size(*range->total); !wrong.empty()) return Failure{MS_DATA_LOSS, name_ + " " + wrong};
  if (short_ok_) return std::nullopt;
  return Failure{MS_DATA_LOSS, name_ + " has no " + span_text(span_) + " (416)" +
                 (identity_.size() ? ": it ends at byte " + std::to_string(*identity_.size()) : "")};
}

}  // namespace hub
