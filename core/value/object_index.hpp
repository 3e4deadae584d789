// The members of an object and, above a few, an open-addressing table of their positions.
#pragma once
#include <bit>
#include <cstring>
#include <functional>
#include <memory_resource>

#include "core/value/value.hpp"

namespace modelsig {

struct ObjectIndex {
  static constexpr std::uint32_t kLinear = 8;  // up to here a scan beats hashing
  static constexpr std::uint32_t kEmpty = UINT32_MAX;

  const Member* members;
  std::uint32_t* slots;  // null for small objects
  std::uint32_t mask;

  // Room for the positions of up to `count` members; none where a scan does.
  void reserve(std::pmr::memory_resource& arena, std::size_t count) {
    if (count <= kLinear) return;
    mask = static_cast<std::uint32_t>(std::bit_ceil(count * 2) - 1);
    slots = static_cast<std::uint32_t*>(arena.allocate((mask + std::size_t{1}) * sizeof(std::uint32_t), alignof(std::uint32_t)));
    std::memset(slots, 0xff, (mask + std::size_t{1}) * sizeof(std::uint32_t));
  }

  // Where the position of that key is, or belongs: kEmpty is in it then. Only with slots.
  std::uint32_t& slot(std::string_view key) const {
    std::size_t h = std::hash<std::string_view>{}(key) & mask;
    while (slots[h] != kEmpty && members[slots[h]].key != key) h = (h + 1) & mask;
    return slots[h];
  }

  const Value* find(std::string_view key, std::size_t size) const {
    if (slots) {
      const std::uint32_t position = slot(key);
      return position == kEmpty ? nullptr : &members[position].value;
    }
    for (std::size_t i = 0; i < size; ++i)
      if (members[i].key == key) return &members[i].value;
    return nullptr;
  }
};

}  // namespace modelsig
