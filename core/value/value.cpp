#include "core/value/value.hpp"

#include <cstring>

#include "core/value/object_index.hpp"

namespace modelsig {

namespace { const Value kNull; }

Value Value::text(std::string_view v) {
  Value out;
  out.kind_ = Kind::string;
  out.size_ = static_cast<std::uint32_t>(v.size());
  out.data_.text = v.data();
  return out;
}

std::int64_t Value::i64(std::int64_t otherwise) const {
  if (kind_ == Kind::integer) return data_.integer;
  if (kind_ == Kind::boolean) return data_.boolean ? 1 : 0;
  return otherwise;
}

std::uint64_t Value::u64(std::uint64_t otherwise) const {
  if (kind_ == Kind::natural) return data_.natural;
  if (kind_ == Kind::integer && data_.integer >= 0) return static_cast<std::uint64_t>(data_.integer);
  return otherwise;
}

double Value::f64(double otherwise) const {
  switch (kind_) {
    case Kind::real: return data_.real;
    case Kind::integer: return static_cast<double>(data_.integer);
    case Kind::natural: return static_cast<double>(data_.natural);
    default: return otherwise;
  }
}

const Value* Value::find(std::string_view key) const {
  return kind_ == Kind::object ? data_.object->find(key, size_) : nullptr;
}

const Value& Value::operator[](std::string_view key) const {
  const Value* found = find(key);
  return found ? *found : kNull;
}

const Value& Value::at(std::size_t index) const {
  if (index >= size_) return kNull;
  if (kind_ == Kind::array) return data_.items[index];
  if (kind_ == Kind::object) return data_.object->members[index].value;
  return kNull;
}

std::string_view Value::key(std::size_t index) const {
  return kind_ == Kind::object && index < size_ ? data_.object->members[index].key : std::string_view{};
}

Value::Items Value::items() const {
  if (kind_ != Kind::array) return {nullptr, nullptr};
  return {data_.items, data_.items + size_};
}

Value::Members Value::members() const {
  if (kind_ != Kind::object) return {nullptr, nullptr};
  return {data_.object->members, data_.object->members + size_};
}

std::string_view Document::keep(std::string_view text) {
  if (text.empty()) return {};
  auto* copy = static_cast<char*>(arena_.allocate(text.size(), 1));
  std::memcpy(copy, text.data(), text.size());
  return {copy, text.size()};
}

}  // namespace modelsig
