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

  void note(std::string_view key, std::uint32_t position) {
    if (!slots) return;
    std::size_t h = std::hash<std::string_view>{}(key) & mask;
    while (slots[h] != kEmpty) h = (h + 1) & mask;
    slots[h] = position;
  }

  const Value* find(std::string_view key, std::size_t size) const {
    if (!slots) {
      for (std::size_t i = 0; i < size; ++i)
        if (members[i].key == key) return &members[i].value;
      return nullptr;
    }
    for (std::size_t h = std::hash<std::string_view>{}(key) & mask; slots[h] != kEmpty; h = (h + 1) & mask)
      if (members[slots[h]].key == key) return &members[slots[h]].value;
    return nullptr;
  }
};

}  // namespace modelsig
