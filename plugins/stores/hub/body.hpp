// Who receives a response's body. One per request; it survives retries and redirects, so what has
// arrived before a connection broke need not be asked for again.
#pragma once
#include <cstdint>
#include <optional>
#include <span>
#include <string>

#include "failure.hpp"
#include "headers.hpp"

namespace hub {

struct ByteSpan { std::uint64_t offset, size; };

class Body {
 public:
  enum class Take { more, enough, failed };  // enough: the rest of the response is not wanted

  virtual ~Body() = default;
  virtual std::optional<ByteSpan> wanted() const { return std::nullopt; }  // what is still missing; nullopt: no Range header
  virtual bool may_be_compressed() const { return true; }
  virtual std::optional<Failure> head(const Head& head) = 0;               // of a 2xx answer
  virtual Take data(std::span<const char> bytes) = 0;
  virtual std::optional<Failure> end() = 0;                                // after the last byte, or after enough
  virtual std::optional<Failure> past_end(const Head&) {                   // a 416 answer
    return Failure{MS_DATA_LOSS, "the server says that the file has no such bytes (416)"};
  }
  virtual Failure failure() const { return {}; }                           // why data() said failed
  virtual std::uint64_t arrived() const = 0;                               // grows from try to try if they help
};

// A small answer as a whole: JSON of the API, an index page.
class TextBody : public Body {
 public:
  explicit TextBody(std::string what) : what_(std::move(what)) {}
  std::optional<Failure> head(const Head&) override { text.clear(); return std::nullopt; }
  Take data(std::span<const char> bytes) override;
  std::optional<Failure> end() override { return std::nullopt; }
  Failure failure() const override;
  std::uint64_t arrived() const override { return 0; }
  std::string text;

 private:
  std::string what_;
};

}  // namespace hub
