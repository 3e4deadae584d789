// What a pickle builds, as far as a tensor file needs it. Values are numbers into one pool: a pickle may share them and
// may tie knots, so nothing here is walked without a guard.
#pragma once
#include <cstdint>
#include <deque>
#include <string>
#include <string_view>
#include <vector>

namespace pytorch {

using Id = std::uint32_t;

enum class Kind : std::uint8_t {
  NONE, BOOL, INTEGER, NUMBER /* real, or past 64 bits */, TEXT, TUPLE, LIST, DICT /* key, value, key, value ... */, SET,
  GLOBAL, STORAGE, TENSOR, OPAQUE
};

struct Value {
  Kind kind = Kind::NONE;
  std::uint32_t index = 0;   // of a container's items, a storage, a tensor, an allowed global
  std::int64_t integer = 0;
  std::string_view text;     // TEXT; GLOBAL: "module.name"
};

struct Storage {             // ('storage', class, key, location, elements [, view])
  std::string_view dtype;    // "" where the bytes have no type of their own
  std::string_view key;
  std::uint64_t elements = 0, view_offset = 0;
  std::uint32_t bits = 0;    // of an element; 0: not known
};

struct Tensor {
  static constexpr std::uint32_t NO_STORAGE = UINT32_MAX;  // made on the device "meta", or sparse
  std::uint32_t storage = NO_STORAGE;
  std::string_view dtype;
  std::uint32_t bits = 0;
  std::uint64_t offset = 0;  // in elements of the storage
  Id shape = 0, stride = 0;  // tuples of sizes, looked at when they were set; shared ones stay shared
  bool has_stride = true;
};

struct Pool {
  std::deque<Value> values;
  std::deque<std::vector<Id>> items;
  std::vector<Storage> storages;
  std::vector<Tensor> tensors;
  std::deque<std::string> texts;  // those that do not stand in the pickle as they are

  const Value& operator[](Id id) const { return values[id]; }
  const std::vector<Id>& items_of(Id id) const { return items[values[id].index]; }
  std::vector<std::uint64_t> sizes_of(Id tuple) const {
    std::vector<std::uint64_t> out;
    for (const Id size : items_of(tuple)) out.push_back(static_cast<std::uint64_t>(values[size].integer));
    return out;
  }
  Id add(Value value) {
    values.push_back(value);
    return static_cast<Id>(values.size() - 1);
  }
  Id add_items(Kind kind, std::vector<Id> list) {
    items.push_back(std::move(list));
    return add({kind, static_cast<std::uint32_t>(items.size() - 1), 0, {}});
  }
};

}  // namespace pytorch
