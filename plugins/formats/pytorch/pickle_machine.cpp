#include "pickle_machine.hpp"

#include <algorithm>
#include <charconv>

#include "failure.hpp"
#include "little_endian.hpp"

namespace pytorch {

std::string_view PickleMachine::take(std::uint64_t count) {
  if (count > bytes_.size() - at_) throw NeedsMore{};
  const std::string_view out = bytes_.substr(at_, count);
  at_ += count;
  return out;
}
std::string_view PickleMachine::line() {
  const std::size_t end = bytes_.find('\n', at_);
  if (end == std::string_view::npos) throw NeedsMore{};
  const std::string_view out = bytes_.substr(at_, end - at_);
  at_ = end + 1;
  return out;
}
std::uint64_t PickleMachine::number(unsigned count) {
  std::uint64_t value = 0;
  const std::string_view b = take(count);
  for (unsigned i = count; i-- > 0;) value = value << 8 | static_cast<unsigned char>(b[i]);
  return value;
}

void PickleMachine::push(Id id) {
  if (stack_.size() >= MAX_STACK) throw Failure("the stack grows past " + std::to_string(MAX_STACK) + " values");
  if (pool_.values.size() >= MAX_VALUES) throw Failure("it makes more than " + std::to_string(MAX_VALUES) + " values");
  stack_.push_back(id);
}
Id PickleMachine::pop() {
  if (stack_.empty() || stack_.back() == MARK) throw Failure("a value is taken from an empty stack");
  const Id id = stack_.back();
  stack_.pop_back();
  return id;
}
std::vector<Id> PickleMachine::pop_many(std::size_t count) {
  std::vector<Id> out(count);
  for (std::size_t i = count; i-- > 0;) out[i] = pop();
  return out;
}
std::vector<Id> PickleMachine::pop_to_mark() {
  const auto mark = std::find(stack_.rbegin(), stack_.rend(), MARK);
  if (mark == stack_.rend()) throw Failure("a mark is missing on the stack");
  std::vector<Id> out(mark.base(), stack_.end());
  stack_.erase(mark.base() - 1, stack_.end());
  return out;
}
Id PickleMachine::top(Kind kind, const char* what) {
  if (stack_.empty() || stack_.back() == MARK || pool_[stack_.back()].kind != kind) throw Failure(std::string("there is no ") + what + " on the stack");
  return stack_.back();
}

void PickleMachine::memoize(std::uint64_t key) {
  if (memo_.size() >= MAX_VALUES) throw Failure("it keeps more than " + std::to_string(MAX_VALUES) + " memos");
  const Id id = pop();
  memo_[key] = id;
  push(id);
}
void PickleMachine::fetch(std::uint64_t key) {
  const auto it = memo_.find(key);
  if (it == memo_.end()) throw Failure("memo " + std::to_string(key) + " is used before it is set");
  push(it->second);
}

// Two's complement, little-endian; past 64 bits only that it is a number is kept.
void PickleMachine::long_integer(std::string_view b) {
  if (b.size() > 8) return push(pool_.add({Kind::NUMBER, 0, 0, b}));
  std::uint64_t value = !b.empty() && (static_cast<unsigned char>(b.back()) & 0x80u) ? UINT64_MAX : 0;
  for (std::size_t i = b.size(); i-- > 0;) value = value << 8 | static_cast<unsigned char>(b[i]);
  integer(static_cast<std::int64_t>(value));
}
// protocol 0: 'text' or "text"; escapes stay as they are
void PickleMachine::quoted(std::string_view l) {
  if (l.size() < 2 || (l.front() != '\'' && l.front() != '"') || l.back() != l.front()) throw Failure("a string is not in quotes");
  text(l.substr(1, l.size() - 2));
}

void PickleMachine::global(std::string_view module, std::string_view name) {
  std::string full(module);
  full.append(".").append(name);
  if (const auto known = global_ids_.find(full); known != global_ids_.end()) return push(known->second);
  auto what = allowed(full);
  if (!what && passed_over_(full)) what = Allowed{Callable::OPAQUE, {}, 0};
  if (!what) {
    for (char& c : full) c = static_cast<unsigned char>(c) < ' ' ? '?' : c;
    if (full.size() > 160) full.resize(160);
    throw Failure("it names '" + full + "', which no plain checkpoint needs: refused, nothing was run. Save the state_dict() only, "
                  "convert it to safetensors, or pass over its values with option allow");
  }
  const std::string_view kept = pool_.texts.emplace_back(std::move(full));
  globals_.push_back(allowed(kept).value_or(*what));  // again, over the text that stays
  const Id id = pool_.add({Kind::GLOBAL, static_cast<std::uint32_t>(globals_.size() - 1), 0, kept});
  global_ids_.emplace(kept, id);
  push(id);
}

// function(*arguments), or class.__new__(class, *arguments)
void PickleMachine::call(bool new_object) {
  const Id arguments = pop(), function = pop();
  if (pool_[arguments].kind != Kind::TUPLE) throw Failure("arguments are no tuple");
  if (pool_[function].kind == Kind::OPAQUE) return push(pool_.add({Kind::OPAQUE, 0, 0, {}}));
  if (pool_[function].kind != Kind::GLOBAL) throw Failure(new_object ? "an object of no class is made" : "something that is no function is called");
  push(rebuild(pool_, pool_[function], globals_[pool_[function].index], arguments));
}

// object.__setstate__(state): of an OrderedDict its attributes (_metadata), of anything else nothing that tells about tensors
void PickleMachine::build() {
  pop();
  push(pop());
}

void PickleMachine::set_items(Id dict, std::vector<Id> items) {
  const Value& target = pool_[dict];
  if (target.kind == Kind::OPAQUE) return;
  if (target.kind != Kind::DICT) throw Failure("items are set in something that is no dictionary");
  if (items.size() % 2) throw Failure("a key has no value");
  auto& to = pool_.items[target.index];
  to.insert(to.end(), items.begin(), items.end());
}
void PickleMachine::append(Id list, const std::vector<Id>& items) {
  const Value& target = pool_[list];
  if (target.kind == Kind::OPAQUE) return;
  if (target.kind != Kind::LIST && target.kind != Kind::SET) throw Failure("items are appended to something that is no list");
  auto& to = pool_.items[target.index];
  to.insert(to.end(), items.begin(), items.end());
}

Id PickleMachine::run(std::string_view bytes, std::size_t begin) {
  bytes_ = bytes, at_ = begin;
  stack_.clear(), memo_.clear();
  none_ = pool_.add({}), empty_ = pool_.add_items(Kind::TUPLE, {});  // the commonest values, made once
  for (;;) {
    const std::size_t here = at_;
    try {
      if (!step()) break;
    } catch (const Failure& failure) {
      throw Failure("the pickle cannot be read at byte " + std::to_string(here) + ": " + failure.what());
    }
  }
  if (stack_.size() != 1 || stack_.back() == MARK) throw Failure("the pickle ends at byte " + std::to_string(at_) + " with " + std::to_string(stack_.size()) + " values on its stack, expected one");
  return stack_.back();
}

// The letters are the opcodes of Python's pickletools, by their order there: scalars, strings, containers, memo, objects.
bool PickleMachine::step() {
  const char op = take(1)[0];
  switch (static_cast<unsigned char>(op)) {
    case 0x80: if (const auto version = number(1); version > 5) throw Failure("protocol " + std::to_string(version) + " is not known, expected up to 5"); return true;
    case 0x95: take(8); return true;  // FRAME: its length is a hint for readers
    case '.': return false;

    case 'N': push(none_); return true;
    case 0x88: case 0x89: push(pool_.add({Kind::BOOL, 0, static_cast<unsigned char>(op) == 0x88, {}})); return true;
    case 'I': case 'L': {
      std::string_view digits = line();
      if (digits == "00" || digits == "01") return push(pool_.add({Kind::BOOL, 0, digits == "01", {}})), true;
      if (digits.ends_with('L')) digits.remove_suffix(1);
      std::int64_t value = 0;
      const auto end = std::from_chars(digits.data(), digits.data() + digits.size(), value);
      if (end.ptr != digits.data() + digits.size()) throw Failure("'" + std::string(digits.substr(0, 40)) + "' is no integer");
      if (end.ec != std::errc()) push(pool_.add({Kind::NUMBER, 0, 0, digits}));
      else integer(value);
      return true;
    }
    case 'J': integer(static_cast<std::int32_t>(number(4))); return true;
    case 'K': integer(static_cast<std::int64_t>(number(1))); return true;
    case 'M': integer(static_cast<std::int64_t>(number(2))); return true;
    case 0x8a: long_integer(take(number(1))); return true;
    case 0x8b: long_integer(take(number(4))); return true;
    case 'F': push(pool_.add({Kind::NUMBER, 0, 0, line()})); return true;
    case 'G': push(pool_.add({Kind::NUMBER, 0, 0, take(8)})); return true;

    case 'S': quoted(line()); return true;
    case 'V': text(line()); return true;
    case 'T': case 'X': case 'B': text(take(number(4))); return true;
    case 'U': case 0x8c: case 'C': text(take(number(1))); return true;
    case 0x8d: case 0x8e: case 0x96: text(take(number(8))); return true;

    case '(': push(MARK); return true;
    case ')': push(empty_); return true;
    case 0x85: case 0x86: case 0x87: push(pool_.add_items(Kind::TUPLE, pop_many(static_cast<unsigned char>(op) - 0x84u))); return true;
    case 't': push(pool_.add_items(Kind::TUPLE, pop_to_mark())); return true;
    case ']': push(pool_.add_items(Kind::LIST, {})); return true;
    case 'l': push(pool_.add_items(Kind::LIST, pop_to_mark())); return true;
    case 0x8f: push(pool_.add_items(Kind::SET, {})); return true;
    case 0x91: push(pool_.add_items(Kind::SET, pop_to_mark())); return true;
    case '}': push(pool_.add_items(Kind::DICT, {})); return true;
    case 'd': {
      const Id dict = pool_.add_items(Kind::DICT, {});
      set_items(dict, pop_to_mark());
      push(dict);
      return true;
    }
    case 'a': { const auto item = pop_many(1); const Id list = pop(); append(list, item); push(list); return true; }
    case 'e': case 0x90: { const auto items = pop_to_mark(); const Id list = pop(); append(list, items); push(list); return true; }
    case 's': { auto items = pop_many(2); const Id dict = pop(); set_items(dict, std::move(items)); push(dict); return true; }
    case 'u': { auto items = pop_to_mark(); const Id dict = pop(); set_items(dict, std::move(items)); push(dict); return true; }

    case '0': if (stack_.empty()) throw Failure("a value is taken from an empty stack"); stack_.pop_back(); return true;
    case '1': pop_to_mark(); return true;
    case '2': { const Id id = pop(); push(id); push(id); return true; }
    case 'p': case 'g': {
      const std::string_view digits = line();
      std::uint64_t key = 0;
      if (std::from_chars(digits.data(), digits.data() + digits.size(), key).ptr != digits.data() + digits.size() || digits.empty()) throw Failure("a memo has no number");
      if (op == 'p') memoize(key);
      else fetch(key);
      return true;
    }
    case 'q': memoize(number(1)); return true;
    case 'r': memoize(number(4)); return true;
    case 0x94: memoize(memo_.size()); return true;
    case 'h': fetch(number(1)); return true;
    case 'j': fetch(number(4)); return true;

    case 'c': { const auto module = line(); global(module, line()); return true; }
    case 0x93: {
      const std::string_view name = pool_[top(Kind::TEXT, "name")].text;
      pop();
      const std::string_view module = pool_[top(Kind::TEXT, "module")].text;
      pop();
      global(module, name);
      return true;
    }
    case 'R': call(false); return true;
    case 0x81: call(true); return true;
    case 0x92: pop(); call(true); return true;  // keyword arguments on top
    case 'b': build(); return true;
    case 'Q': { const Id id = pop(); push(persistent(pool_, id, globals_)); return true; }
    case 'i': case 'o': throw Failure("it makes an object of a class in the way of old pickles: refused, nothing was run");
    case 0x82: case 0x83: case 0x84: throw Failure("it uses a name of copyreg's registry, which only the program that wrote it knows: refused");
    default: {
      char code[8];
      constexpr char HEX[] = "0123456789abcdef";
      const auto c = static_cast<unsigned char>(op);
      code[0] = '0', code[1] = 'x', code[2] = HEX[c >> 4], code[3] = HEX[c & 15], code[4] = 0;
      throw Failure(std::string(code) + " is no instruction of a pickle that a checkpoint uses");
    }
  }
}

}  // namespace pytorch
