// Reads a pickle: a program for a stack machine, of which only the part is obeyed that builds plain data. A function is
// never called: the few that tensor files use are known by name (allowed.hpp), every other one ends the reading.
#pragma once
#include <functional>
#include <string>
#include <unordered_map>

#include "rebuild.hpp"

namespace pytorch {

class PickleMachine {
 public:
  struct NeedsMore {};  // thrown where the bytes end before the pickle does

  // `pool`: where values go; several pickles may share one. `passed_over`: names that are allowed besides, as opaque.
  PickleMachine(Pool& pool, std::function<bool(std::string_view)> passed_over) : pool_(pool), passed_over_(std::move(passed_over)) {}

  // The value of the pickle that begins at `begin`; end() is where it ends then. Throws Failure with the byte, counted
  // from the beginning of `bytes`, and NeedsMore. The bytes must outlive the pool.
  Id run(std::string_view bytes, std::size_t begin = 0);
  std::size_t end() const { return at_; }

 private:
  static constexpr std::size_t MAX_STACK = 1u << 20, MAX_VALUES = 1u << 23;  // of values, and of memos
  static constexpr Id MARK = UINT32_MAX;

  bool step();  // false: that was the end
  void global(std::string_view module, std::string_view name);
  void call(bool new_object);
  void build();
  void memoize(std::uint64_t key);
  void fetch(std::uint64_t key);
  void set_items(Id dict, std::vector<Id> items);
  void append(Id list, const std::vector<Id>& items);

  std::string_view take(std::uint64_t count);
  std::string_view line();
  std::uint64_t number(unsigned bytes);
  void text(std::string_view s) { push(pool_.add({Kind::TEXT, 0, 0, s})); }
  void integer(std::int64_t i) { push(pool_.add({Kind::INTEGER, 0, i, {}})); }
  void long_integer(std::string_view bytes);
  void quoted(std::string_view line);
  void push(Id id);
  Id pop();
  std::vector<Id> pop_to_mark();
  std::vector<Id> pop_many(std::size_t count);
  Id top(Kind kind, const char* what);

  Pool& pool_;
  std::function<bool(std::string_view)> passed_over_;
  std::string_view bytes_;
  std::size_t at_ = 0;
  Id none_ = 0, empty_ = 0;
  std::vector<Id> stack_;
  std::unordered_map<std::uint64_t, Id> memo_;
  std::vector<Allowed> globals_;
  std::unordered_map<std::string_view, Id> global_ids_;
};

}  // namespace pytorch
