// A Value tree as bytes, for the Snapshot. In document order, integers as this machine has them:
//     value   u8 kind, then by kind: 8 bytes | u32 length, text | u32 count, values (of an object: u32 length, key ahead of each)
// Decoding is most of a start, so it is one pass that makes each container at its size and copies no text; a Builder
// would check again what the writer's Builder has checked.
#pragma once
#include <string>
#include <string_view>

#include "core/value/value.hpp"

namespace modelsig {

void append_value(std::string& out, const Value& value);

class ValueReader {
 public:
  static constexpr int kMaxDepth = 256;

  // Texts of the values point into `bytes`, containers lie in `document`.
  ValueReader(std::string_view bytes, Document& document) : rest_(bytes), document_(document) {}
  bool next(Value& out) { return value(out, 0); }  // false: the bytes are not what append_value makes
  bool at_end() const { return rest_.empty(); }

 private:
  bool value(Value& out, int depth);
  bool object(Value& out, std::size_t count, int depth);
  bool text(std::string_view& out);
  bool number(void* out, std::size_t size);

  std::string_view rest_;
  Document& document_;
};

}  // namespace modelsig
