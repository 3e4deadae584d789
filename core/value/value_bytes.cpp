#include "core/value/value_bytes.hpp"

#include <cstring>
#include <new>

#include "core/value/object_index.hpp"

namespace modelsig {

namespace {

void append_number(std::string& out, const void* number, std::size_t size) { out.append(static_cast<const char*>(number), size); }

void append_text(std::string& out, std::string_view text) {
  const auto size = static_cast<std::uint32_t>(text.size());
  append_number(out, &size, sizeof size);
  out += text;
}

}  // namespace

void append_value(std::string& out, const Value& value) {
  out += static_cast<char>(value.kind());
  const auto eight = [&](auto number) { append_number(out, &number, sizeof number); };
  switch (value.kind()) {
    case Kind::null: return;
    case Kind::boolean: return eight(std::uint64_t{value.boolean()});
    case Kind::integer: return eight(value.i64());
    case Kind::natural: return eight(value.u64());
    case Kind::real: return eight(value.f64());
    case Kind::string: return append_text(out, value.str());
    case Kind::array: case Kind::object: break;
  }
  const auto count = static_cast<std::uint32_t>(value.size());
  append_number(out, &count, sizeof count);
  for (const Value& item : value.items()) append_value(out, item);
  for (const Member& m : value.members()) append_text(out, m.key), append_value(out, m.value);
}

bool ValueReader::number(void* out, std::size_t size) {
  if (rest_.size() < size) return false;
  std::memcpy(out, rest_.data(), size);
  rest_.remove_prefix(size);
  return true;
}

bool ValueReader::text(std::string_view& out) {
  std::uint32_t size = 0;
  if (!number(&size, sizeof size) || size > rest_.size()) return false;
  out = rest_.substr(0, size);
  rest_.remove_prefix(size);
  return true;
}

bool ValueReader::value(Value& out, int depth) {
  if (rest_.empty() || depth > kMaxDepth) return false;
  const auto kind = static_cast<Kind>(rest_.front());
  rest_.remove_prefix(1);
  std::uint64_t eight = 0;
  std::string_view characters;
  std::uint32_t count = 0;
  switch (kind) {
    case Kind::null: return out = Value(), true;
    case Kind::boolean: return number(&eight, 8) && (out = Value(eight != 0), true);
    case Kind::integer: return number(&eight, 8) && (out = Value(static_cast<std::int64_t>(eight)), true);
    case Kind::natural: return number(&eight, 8) && (out = Value(eight), true);
    case Kind::real: {
      double real;
      return number(&real, 8) && (out = Value(real), true);
    }
    case Kind::string: return text(characters) && (out = Value::text(characters), true);
    case Kind::array: case Kind::object: break;
    default: return false;
  }
  if (!number(&count, sizeof count) || count > rest_.size()) return false;  // a value takes a byte at least
  if (kind == Kind::object) return count <= rest_.size() / (sizeof count + 1) && object(out, count, depth);
  auto* items = static_cast<Value*>(document_.arena().allocate((count ? count : 1) * sizeof(Value), alignof(Value)));
  for (std::uint32_t i = 0; i < count; ++i)
    if (!value(*new (items + i) Value, depth + 1)) return false;
  out.kind_ = Kind::array;
  out.size_ = count;
  out.data_.items = items;
  return true;
}

bool ValueReader::object(Value& out, std::size_t count, int depth) {
  auto& arena = document_.arena();
  auto* members = static_cast<Member*>(arena.allocate((count ? count : 1) * sizeof(Member), alignof(Member)));
  ObjectIndex index{members, nullptr, 0};
  index.reserve(arena, count);
  for (std::uint32_t i = 0; i < count; ++i) {
    Member& member = *new (members + i) Member;
    if (!text(member.key) || !value(member.value, depth + 1)) return false;
    if (index.slots) index.slot(member.key) = i;
  }
  out.kind_ = Kind::object;
  out.size_ = static_cast<std::uint32_t>(count);
  out.data_.object = new (arena.allocate(sizeof(ObjectIndex), alignof(ObjectIndex))) ObjectIndex(index);
  return true;
}

}  // namespace modelsig
