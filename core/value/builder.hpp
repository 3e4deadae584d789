// Writes one value into a Document in document order and checks it: keys where they belong, no NaN,
// everything closed, bounded depth. What plugins see as ms_writer. Throws Error on the first mistake.
#pragma once
#include <string_view>
#include <vector>

#include "core/value/value.hpp"

namespace modelsig {

class Builder {
 public:
  static constexpr std::size_t kMaxDepth = 256;
  enum class Duplicates { refuse, last_wins };  // last_wins: what Python's json does, for configs as found
  enum class NonFinite { refuse, keep };

  explicit Builder(Document& document, Duplicates duplicates = Duplicates::refuse, NonFinite non_finite = NonFinite::refuse)
      : document_(document), duplicates_(duplicates), non_finite_(non_finite) {}

  void begin(char open);  // '{' or '['
  void end();
  void key(std::string_view text);
  void put(Value scalar);              // null, boolean, number; a string is copied
  void put(std::string_view text) { put(Value::text(text)); }
  void put(const char* text) { put(std::string_view(text)); }
  void put(bool v) { put(Value(v)); }
  void put(int v) { put(Value(static_cast<std::int64_t>(v))); }
  void copy(const Value& value);       // deep: nothing of the source's document is referenced
  void share(Value value);             // shallow: the source's document must outlive this one
  template <class T>
  void member(std::string_view k, const T& v) { key(k); put(v); }

  bool empty() const { return !done_ && frames_.empty(); }
  bool complete() const { return done_; }
  Value finish();                      // the value; throws if anything is open or nothing was written

 private:
  struct Frame { bool object; bool has_key; std::string_view key; std::size_t start; };
  void add(Value value);
  Value close(const Frame& frame);

  Document& document_;
  Duplicates duplicates_;
  NonFinite non_finite_;
  std::vector<Frame> frames_;
  std::vector<Member> pending_;        // children of the open containers, innermost last
  Value root_;
  bool done_ = false;
};

}  // namespace modelsig
