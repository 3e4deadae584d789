// Names with a number each, found by hash. The names belong to somebody else and must stay where they are.
#pragma once
#include <cstdint>
#include <cstring>
#include <string_view>
#include <vector>

namespace safetensors {

// Eight bytes at a step: ninety thousand names are hashed on the way in. Salted with an address, which differs from run
// to run, so that nobody can prepare names that collide.
inline std::uint32_t hash_of(std::string_view name) {
  static const char salt = 0;
  constexpr std::uint64_t ODD = 0x9E3779B97F4A7C15u;
  std::uint64_t hash = reinterpret_cast<std::uintptr_t>(&salt) * ODD ^ name.size();
  const auto mix = [&](std::uint64_t word) {
    hash = (hash ^ word) * ODD;
    hash ^= hash >> 32;
  };
  std::uint64_t word = 0;
  const char* at = name.data();
  for (std::size_t left = name.size(); left >= sizeof word; left -= sizeof word, at += sizeof word) {
    std::memcpy(&word, at, sizeof word);
    mix(word);
  }
  word = 0;
  std::memcpy(&word, at, name.size() % sizeof word);
  mix(word);
  return static_cast<std::uint32_t>(hash ^ hash >> 29);
}

class NameTable {
 public:
  struct Entry { std::string_view name; std::uint32_t value, hash; };

  void reserve(std::size_t names) {
    entries_.reserve(names);
    while (slots_.size() < names * 2) grow();
  }
  // The entry of that name, made with `value` if there is none; `fresh` tells which. Valid until the next call.
  Entry& add(std::string_view name, std::uint32_t value, bool& fresh) { return add(name, hash_of(name), value, fresh); }
  Entry& add(std::string_view name, std::uint32_t hash, std::uint32_t value, bool& fresh) {
    if (slots_.size() < (entries_.size() + 1) * 2) grow();
    std::uint32_t& slot = slot_of(name, hash);
    fresh = slot == 0;
    if (fresh) {
      entries_.push_back({name, value, hash});
      slot = static_cast<std::uint32_t>(entries_.size());
    }
    return entries_[slot - 1];
  }
  // Index into entries(), or entries().size(). Looks at `likely` first: names mostly come in the order they were added.
  std::size_t find(std::string_view name, std::uint32_t hash, std::size_t likely = SIZE_MAX) const {
    if (slots_.empty()) return entries_.size();
    if (likely < entries_.size() && entries_[likely].hash == hash && entries_[likely].name == name) return likely;
    const std::uint32_t slot = slot_of(name, hash);
    return slot ? slot - 1 : entries_.size();
  }
  const std::vector<Entry>& entries() const { return entries_; }

 private:
  const std::uint32_t& slot_of(std::string_view name, std::uint32_t hash) const {
    const std::size_t mask = slots_.size() - 1;
    std::size_t at = hash & mask;
    while (slots_[at] != 0 && (entries_[slots_[at] - 1].hash != hash || entries_[slots_[at] - 1].name != name)) at = (at + 1) & mask;
    return slots_[at];
  }
  std::uint32_t& slot_of(std::string_view name, std::uint32_t hash) {
    return const_cast<std::uint32_t&>(static_cast<const NameTable*>(this)->slot_of(name, hash));
  }
  void grow() {
    slots_.assign(slots_.empty() ? 16 : slots_.size() * 2, 0);
    const std::size_t mask = slots_.size() - 1;
    for (std::size_t i = 0; i < entries_.size(); ++i) {
      std::size_t at = entries_[i].hash & mask;
      while (slots_[at] != 0) at = (at + 1) & mask;
      slots_[at] = static_cast<std::uint32_t>(i + 1);
    }
  }

  std::vector<Entry> entries_;
  std::vector<std::uint32_t> slots_;  // index into entries_ plus one, 0: free
};

}  // namespace safetensors
