// The metadata of a GGUF file: keys with typed values.
//   value = type u32, then its bytes; a text is length + bytes, an array item type u32 + count + items, and may nest
#pragma once
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace gguf {

enum class Type : std::uint32_t { U8, I8, U16, I16, U32, I32, F32, BOOL, TEXT, ARRAY, U64, I64, F64, COUNT };

struct Value {
  Type type = Type::U8;
  std::uint64_t whole = 0;      // U8 .. U64, BOOL; signed ones in two's complement
  double real = 0;              // F32, F64
  std::string text;             // TEXT, if it is `kept`
  // ARRAY
  Type of = Type::U8;
  std::uint64_t length = 0;     // items; of a TEXT: its bytes
  bool kept = true;             // false: too long to keep, `items` or `text` is empty
  std::vector<Value> items;
  std::uint64_t digest = 0;     // FNV-1a over lengths and bytes of an array of texts that was not kept

  bool is_signed() const { return type == Type::I8 || type == Type::I16 || type == Type::I32 || type == Type::I64; }
  bool is_real() const { return type == Type::F32 || type == Type::F64; }
};

struct Entry { std::string key; Value value; };

class Metadata {
 public:
  const Value* find(std::string_view key) const;
  std::string_view text(std::string_view key) const;   // empty if there is no such text
  const std::vector<Entry>& entries() const { return entries_; }
  void add(Entry entry) { entries_.push_back(std::move(entry)); }

 private:
  std::vector<Entry> entries_;
};

const char* type_name(Type type);

}  // namespace gguf
