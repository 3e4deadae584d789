// One immutable JSON-like value, 16 bytes, in the arena of a Document. What plugins see as ms_node.
// Objects keep the order they were written in and find a key by hash once they are larger than a few.
#pragma once
#include <cstdint>
#include <memory_resource>
#include <string_view>

namespace modelsig {

enum class Kind : char {
  null = 'n', boolean = 'b', integer = 'i', natural = 'u', real = 'd', string = 's', array = '[', object = '{'
};  // natural: an integer above INT64_MAX

class Value;
struct Member;
struct ObjectIndex;

class Value {
 public:
  Value() = default;  // null
  explicit Value(bool v) : kind_(Kind::boolean) { data_.boolean = v; }
  explicit Value(std::int64_t v) : kind_(Kind::integer) { data_.integer = v; }
  explicit Value(std::uint64_t v) : kind_(v > INT64_MAX ? Kind::natural : Kind::integer) { data_.natural = v; }
  explicit Value(double v) : kind_(Kind::real) { data_.real = v; }
  // the bytes must outlive the value: a Document's Builder copies them into the arena
  static Value text(std::string_view v);

  Kind kind() const { return kind_; }
  bool is(Kind kind) const { return kind_ == kind; }
  bool is_integer() const { return kind_ == Kind::integer || kind_ == Kind::natural; }
  bool is_number() const { return is_integer() || kind_ == Kind::real; }
  std::size_t size() const { return size_; }  // members, items or bytes; else 0

  bool boolean(bool otherwise = false) const { return kind_ == Kind::boolean ? data_.boolean : otherwise; }
  std::int64_t i64(std::int64_t otherwise = 0) const;
  std::uint64_t u64(std::uint64_t otherwise = 0) const;
  double f64(double otherwise = 0) const;
  std::string_view str(std::string_view otherwise = {}) const {
    return kind_ == Kind::string ? std::string_view(data_.text, size_) : otherwise;
  }

  const Value* find(std::string_view key) const;            // null if absent or no object
  const Value& operator[](std::string_view key) const;      // the null value if absent
  const Value& at(std::size_t index) const;                 // item, or the index-th member's value
  std::string_view key(std::size_t index) const;
  // for (const Value& item : v.items()), for (const Member& m : v.members()); nothing for other kinds
  struct Items { const Value* first; const Value* last; const Value* begin() const { return first; } const Value* end() const { return last; } };
  struct Members { const Member* first; const Member* last; const Member* begin() const { return first; } const Member* end() const { return last; } };
  Items items() const;
  Members members() const;

 private:
  friend class Builder;
  friend class ValueReader;
  Kind kind_ = Kind::null;
  std::uint32_t size_ = 0;
  union {
    bool boolean;
    std::int64_t integer;
    std::uint64_t natural;
    double real;
    const char* text;
    const Value* items;
    const ObjectIndex* object;
  } data_ = {};
};

struct Member {
  std::string_view key;
  Value value;
};

// Owns what its values point to. Values stay valid, wherever they are copied, as long as it lives.
class Document {
 public:
  Document() = default;
  Document(const Document&) = delete;
  Document& operator=(const Document&) = delete;
  const Value& root() const { return root_; }
  void set_root(Value value) { root_ = value; }
  std::pmr::memory_resource& arena() { return arena_; }
  std::string_view keep(std::string_view text);  // copies text into the arena

 private:
  std::pmr::monotonic_buffer_resource arena_{1024};
  Value root_;
};

}  // namespace modelsig
