#include "core/value/builder.hpp"

#include <cmath>
#include <new>
#include <string>

#include "core/value/error.hpp"
#include "core/value/object_index.hpp"

namespace modelsig {

void Builder::begin(char open) {
  if (open != '{' && open != '[') throw Error("begin() takes '{' or '['");
  if (done_) throw Error("a second value was written behind the first");
  if (!frames_.empty() && frames_.back().object && !frames_.back().has_key) throw Error("a container inside an object needs a key");
  if (frames_.size() >= kMaxDepth) throw Error("nested deeper than " + std::to_string(kMaxDepth), MS_LIMIT);
  frames_.push_back({open == '{', false, {}, pending_.size()});
}

void Builder::key(std::string_view text) {
  if (frames_.empty() || !frames_.back().object) throw Error("key '" + std::string(text) + "' outside an object");
  if (frames_.back().has_key) throw Error("key '" + std::string(text) + "' behind key '" + std::string(frames_.back().key) + "' without a value");
  frames_.back().has_key = true;
  frames_.back().key = document_.keep(text);
}

void Builder::put(Value scalar) {
  if (scalar.kind() == Kind::array || scalar.kind() == Kind::object) return copy(scalar);
  if (scalar.kind() == Kind::real && non_finite_ == NonFinite::refuse && !std::isfinite(scalar.f64()))
    throw Error("a number is not finite (NaN or infinity)");
  if (scalar.kind() == Kind::string) {
    if (scalar.str().size() > UINT32_MAX) throw Error("a string is longer than 4 GiB", MS_LIMIT);
    scalar = Value::text(document_.keep(scalar.str()));
  }
  add(scalar);
}

void Builder::copy(const Value& value) {
  if (value.kind() == Kind::object) {
    begin('{');
    for (const Member& m : value.members()) key(m.key), copy(m.value);
    end();
  } else if (value.kind() == Kind::array) {
    begin('[');
    for (const Value& item : value.items()) copy(item);
    end();
  } else {
    put(value);
  }
}

void Builder::share(Value value) { add(value); }

void Builder::add(Value value) {
  if (frames_.empty()) {
    if (done_) throw Error("a second value was written behind the first");
    root_ = value;
    done_ = true;
    return;
  }
  Frame& frame = frames_.back();
  if (frame.object && !frame.has_key) throw Error("a value inside an object needs a key");
  pending_.push_back({frame.key, value});
  frame.has_key = false;
  frame.key = {};
}

void Builder::end() {
  if (frames_.empty()) throw Error("end() without begin()");
  const Frame frame = frames_.back();
  if (frame.has_key) throw Error("key '" + std::string(frame.key) + "' has no value");
  const Value value = close(frame);
  pending_.resize(frame.start);
  frames_.pop_back();
  add(value);
}

Value Builder::close(const Frame& frame) {
  std::size_t count = pending_.size() - frame.start;
  if (count >= UINT32_MAX / 4) throw Error("more than a billion members", MS_LIMIT);
  Member* first = pending_.data() + frame.start;
  auto& arena = document_.arena();
  Value out;
  if (!frame.object) {
    auto* items = static_cast<Value*>(arena.allocate((count ? count : 1) * sizeof(Value), alignof(Value)));
    for (std::size_t i = 0; i < count; ++i) new (items + i) Value(first[i].value);
    out.kind_ = Kind::array;
    out.size_ = static_cast<std::uint32_t>(count);
    out.data_.items = items;
    return out;
  }
  auto* members = static_cast<Member*>(arena.allocate((count ? count : 1) * sizeof(Member), alignof(Member)));
  ObjectIndex index{members, nullptr, 0};
  index.reserve(arena, count);
  std::uint32_t kept = 0;
  for (std::size_t i = 0; i < count; ++i) {
    std::uint32_t* const slot = index.slots ? &index.slot(first[i].key) : nullptr;
    const Value* const twin = !slot ? index.find(first[i].key, kept) : *slot == ObjectIndex::kEmpty ? nullptr : &members[*slot].value;
    if (twin) {
      if (duplicates_ == Duplicates::refuse) throw Error("key '" + std::string(first[i].key) + "' was written twice");
      *const_cast<Value*>(twin) = first[i].value;
      continue;
    }
    new (members + kept) Member(first[i]);
    if (slot) *slot = kept;
    ++kept;
  }
  out.kind_ = Kind::object;
  out.size_ = kept;
  out.data_.object = new (arena.allocate(sizeof(ObjectIndex), alignof(ObjectIndex))) ObjectIndex(index);
  return out;
}

Value Builder::finish() {
  if (!frames_.empty()) throw Error(std::to_string(frames_.size()) + " containers were left open");
  if (!done_) throw Error("nothing was written");
  return root_;
}

}  // namespace modelsig
