#include "metadata.hpp"

#include <bit>
#include <charconv>
#include <cmath>
#include <unordered_set>

#include "header_reader.hpp"
#include "reader.hpp"
#include "text.hpp"

namespace gguf {

namespace {

constexpr std::uint64_t LONGEST_KEY = 65535;        // as the format says
constexpr std::uint64_t LONGEST_TEXT = 1u << 16;    // of a value that is kept; longer ones (templates) leave their length
constexpr std::uint64_t LONGEST_ITEM = 4096;        // of a text in an array that is kept
constexpr unsigned DEEPEST = 4;                     // arrays in arrays
constexpr std::uint64_t CANCEL_EVERY = 65536;
constexpr std::uint64_t FNV_START = 14695981039346656037u, FNV_PRIME = 1099511628211u;

unsigned size_of(Type type) {  // 0: it depends
  switch (type) {
    case Type::U8: case Type::I8: case Type::BOOL: return 1;
    case Type::U16: case Type::I16: return 2;
    case Type::U32: case Type::I32: case Type::F32: return 4;
    case Type::U64: case Type::I64: case Type::F64: return 8;
    default: return 0;
  }
}

class ValueReader {
 public:
  ValueReader(Reader& in, const Limits& limits, std::string key) : in_(in), limits_(limits), key_(std::move(key)), what_("the value of " + quoted(key_)) {}

  Value value() { return value(type(), 0, LONGEST_TEXT); }

 private:
  Type type() {
    const std::uint32_t type = in_.u32(what_);
    if (type >= static_cast<std::uint32_t>(Type::COUNT)) in_.in.fail(what_ + " has the type " + std::to_string(type) + ", types 0 to 12 are known");
    return static_cast<Type>(type);
  }

  Value value(Type type, unsigned depth, std::uint64_t longest_text) {
    Value out;
    out.type = type;
    if (type == Type::ARRAY) array(out, depth);
    else if (type == Type::TEXT) text(out, longest_text);
    else number(out);
    return out;
  }

  // 1e-05, not 9.99999974e-06: what the configuration said before it became single precision
  static double as_written(float value) {
    if (!std::isfinite(value)) return value;
    char text[32];
    double out = value;
    std::from_chars(text, std::to_chars(text, text + sizeof text, value).ptr, out);
    return out;
  }

  void number(Value& out) {
    const unsigned size = size_of(out.type);
    out.whole = in_.whole(size, what_);
    if (out.type == Type::F32) out.real = as_written(std::bit_cast<float>(static_cast<std::uint32_t>(out.whole)));
    else if (out.type == Type::F64) out.real = std::bit_cast<double>(out.whole);
    else if (out.is_signed() && size < 8 && out.whole >> (8 * size - 1)) out.whole |= ~std::uint64_t{0} << (8 * size);
    else if (out.type == Type::BOOL) out.whole = out.whole != 0;
  }

  std::uint64_t text_length() {
    const std::uint64_t length = in_.count(what_);
    if (length > in_.in.remaining())
      in_.in.fail(what_ + " is a text of " + std::to_string(length) + " bytes, " + std::to_string(in_.in.remaining()) + " are left in the file");
    return length;
  }

  void text(Value& out, std::uint64_t longest) {
    out.length = text_length();
    if (out.length <= longest) out.text.assign(reinterpret_cast<const char*>(in_.in.take(out.length, what_)), static_cast<std::size_t>(out.length));
    else out.kept = false, in_.in.skip(out.length, what_);
  }

  void array(Value& out, unsigned depth) {
    if (depth == DEEPEST) in_.in.fail(what_ + " has arrays in arrays deeper than " + std::to_string(DEEPEST));
    out.of = type();
    out.length = in_.count(what_);
    const unsigned fixed = size_of(out.of);
    const std::uint64_t smallest = fixed ? fixed : out.of == Type::TEXT ? in_.count_bytes() : 4 + in_.count_bytes();
    if (out.length > in_.in.remaining() / smallest)
      in_.in.fail(what_ + " is an array of " + std::to_string(out.length) + " items, but only " + std::to_string(in_.in.remaining()) + " bytes follow");
    out.kept = out.length <= limits_.longest_array;
    if (out.kept) {
      for (std::uint64_t i = 0; i < out.length; ++i) out.items.push_back(value(out.of, depth + 1, LONGEST_ITEM));
    } else if (fixed) {
      in_.in.skip(out.length * fixed, what_);
    } else {
      pass_over(out, depth);
    }
  }

  // Texts one by one, without keeping them; their digest tells two tokenizers apart.
  void pass_over(Value& out, unsigned depth) {
    const std::uint64_t begin = in_.in.position();
    std::uint64_t hash = FNV_START;
    const auto mix = [&](std::uint8_t byte) { hash = (hash ^ byte) * FNV_PRIME; };
    for (std::uint64_t i = 0; i < out.length; ++i) {
      if (i % CANCEL_EVERY == 0 && i) in_.in.check_cancelled();
      in_.in.expect((in_.in.position() - begin) / (i + 1) * (out.length - i));
      if (out.of == Type::ARRAY) {
        value(out.of, depth + 1, 0);
        continue;
      }
      const std::uint64_t length = text_length();
      for (unsigned b = 0; b < 8; ++b) mix(static_cast<std::uint8_t>(length >> (8 * b)));
      if (length > LONGEST_TEXT) {
        in_.in.skip(length, what_);
        continue;
      }
      const std::uint8_t* bytes = in_.in.take(length, what_);
      for (std::uint64_t b = 0; b < length; ++b) mix(bytes[b]);
    }
    if (out.of == Type::TEXT) out.digest = hash;
  }

  Reader& in_;
  const Limits& limits_;
  std::string key_, what_;
};

}  // namespace

const char* type_name(Type type) {
  static constexpr const char* NAMES[] = {"u8", "i8", "u16", "i16", "u32", "i32", "f32", "bool", "text", "array", "u64", "i64", "f64"};
  return type < Type::COUNT ? NAMES[static_cast<std::uint32_t>(type)] : "?";
}

const Value* Metadata::find(std::string_view key) const {
  for (const Entry& entry : entries_)
    if (entry.key == key) return &entry.value;
  return nullptr;
}

std::string_view Metadata::text(std::string_view key) const {
  const Value* value = find(key);
  return value && value->type == Type::TEXT ? std::string_view(value->text) : std::string_view();
}

void read_metadata(Reader& in, std::uint64_t count, const Limits& limits, Header& out) {
  std::unordered_set<std::string> seen;
  for (std::uint64_t i = 0; i < count; ++i) {
    std::string key = in.text(LONGEST_KEY, "a metadata key");
    if (key.empty()) in.in.fail("a metadata key is empty");
    if (!seen.insert(key).second) in.in.fail("the metadata key " + quoted(key) + " is there twice");
    Value value = ValueReader(in, limits, key).value();
    out.metadata.add({std::move(key), std::move(value)});
  }
}

}  // namespace gguf
