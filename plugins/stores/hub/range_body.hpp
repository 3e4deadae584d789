// Receives one byte range of a file and believes nothing: 206 with the right Content-Range, the size and
// ETag seen before, no compression, no login page, no git-LFS pointer. A server that ignores Range (200)
// is read past what is not wanted, up to a limit, and cut off behind what is.
#pragma once
#include "body.hpp"
#include "identity.hpp"

namespace hub {

class RangeBody : public Body {
 public:
  // short_ok: the file may end inside the range.
  RangeBody(std::string name, ByteSpan span, std::uint8_t* into, bool short_ok, Identity& identity)
      : name_(std::move(name)), span_(span), into_(into), short_ok_(short_ok), identity_(identity) {}

  std::optional<ByteSpan> wanted() const override;
  bool may_be_compressed() const override { return !wanted(); }
  std::optional<Failure> head(const Head& head) override;
  Take data(std::span<const char> bytes) override;
  std::optional<Failure> end() override;
  std::optional<Failure> past_end(const Head& head) override;
  Failure failure() const override { return failure_; }
  std::uint64_t arrived() const override { return got_; }

  ByteSpan span() const { return span_; }

 private:
  std::optional<Failure> partial(const Head& head);
  std::optional<Failure> whole(const Head& head);
  std::optional<Failure> sized(std::uint64_t total);
  bool looks_like_pointer() const;

  const std::string name_;
  const ByteSpan span_;
  std::uint8_t* const into_;
  const bool short_ok_;
  Identity& identity_;
  std::uint64_t got_ = 0;
  std::uint64_t at_ = 0;                  // file offset of the next byte of the body
  std::optional<std::uint64_t> body_end_; // file offset behind the last byte of the body
  std::optional<Failure> doubt_;          // the size is wrong: a pointer file would explain it better
  Failure failure_;
};

}  // namespace hub
