// modelsig/kit/json.hpp - JSON of hostile origin, parsed in place by RapidJSON's SAX reader.
//     if (auto fault = ms::json::parse(buffer.data(), buffer.size(), handler)) ...   // fault->offset, fault->reason
// Checked here for every user: UTF-8, nesting depth, nothing behind the value, no NUL inside. A handler has the
// functions of a RapidJSON handler; to refuse something it returns false and says why in `std::string reason`.
// Nesting is bounded in front of the handler, so the recursive reader (faster than the iterative one) is safe.
#pragma once
#if defined(__SSE2__) && !defined(RAPIDJSON_SSE2)
#  define RAPIDJSON_SSE2
#endif
#include <rapidjson/error/en.h>
#include <rapidjson/reader.h>

#include <optional>
#include <string>

#include "text_buffer.hpp"
#include "utf8.hpp"

namespace ms::json {

inline constexpr unsigned MAX_DEPTH = 200;

// As written by Python's json module: NaN and Infinity too. Numbers go to RawNumber() as text (json_number.hpp reads them).
inline constexpr unsigned DOCUMENT = rapidjson::kParseInsituFlag | rapidjson::kParseNanAndInfFlag | rapidjson::kParseNumbersAsStringsFlag;
// Headers and indexes hold integers only; a stray NaN is still syntax, for the handler to judge.
inline constexpr unsigned HEADER = rapidjson::kParseInsituFlag | rapidjson::kParseNanAndInfFlag;

struct Fault {
  std::size_t offset;  // of the byte where it was noticed
  std::string reason;
};
struct Position { std::size_t line, column; };

// `text` as it was before it was parsed in place: unescaped strings may hold new line ends.
inline Position position(std::string_view text, std::size_t offset) {
  Position at{1, 1};
  for (char c : text.substr(0, offset)) {
    if (c == '\n') ++at.line, at.column = 1;
    else if ((static_cast<unsigned char>(c) & 0xC0u) != 0x80u) ++at.column;  // a column is a character
  }
  return at;
}

// "found 'x'", "the text ends here"
inline std::string found(std::string_view text, std::size_t offset) {
  if (offset >= text.size()) return "the text ends here";
  const auto c = static_cast<unsigned char>(text[offset]);
  if (c >= 0x20 && c < 0x7F) return std::string("found '") + static_cast<char>(c) + "'";
  constexpr char HEX[] = "0123456789abcdef";
  return std::string("found the byte 0x") + HEX[c >> 4] + HEX[c & 15];
}

namespace detail {

template <class Handler>
struct Bounded {
  using Ch = char;
  Handler& to;
  unsigned depth = 0;
  bool too_deep = false;

  bool open() { return ++depth <= MAX_DEPTH || !(too_deep = true); }
  bool Null() { return to.Null(); }
  bool Bool(bool v) { return to.Bool(v); }
  bool Int(int v) { return to.Int(v); }
  bool Uint(unsigned v) { return to.Uint(v); }
  bool Int64(std::int64_t v) { return to.Int64(v); }
  bool Uint64(std::uint64_t v) { return to.Uint64(v); }
  bool Double(double v) { return to.Double(v); }
  bool RawNumber(const char* s, rapidjson::SizeType n, bool copy) {
    if constexpr (requires { to.RawNumber(s, n, copy); }) return to.RawNumber(s, n, copy);
    else return false;
  }
  bool String(const char* s, rapidjson::SizeType n, bool copy) { return to.String(s, n, copy); }
  bool Key(const char* s, rapidjson::SizeType n, bool copy) { return to.Key(s, n, copy); }
  bool StartObject() { return open() && to.StartObject(); }
  bool StartArray() { return open() && to.StartArray(); }
  bool EndObject(rapidjson::SizeType n) { --depth; return to.EndObject(n); }
  bool EndArray(rapidjson::SizeType n) { --depth; return to.EndArray(n); }
};

inline std::string syntax(rapidjson::ParseErrorCode code) {
  switch (code) {
    case rapidjson::kParseErrorDocumentEmpty: return "there is no JSON value";
    case rapidjson::kParseErrorDocumentRootNotSingular: return "there is more behind the JSON value";
    case rapidjson::kParseErrorValueInvalid: return "a JSON value was expected";
    case rapidjson::kParseErrorObjectMissName: return "a member name in double quotes was expected";
    case rapidjson::kParseErrorObjectMissColon: return "':' was expected behind the member name";
    case rapidjson::kParseErrorObjectMissCommaOrCurlyBracket: return "',' or '}' was expected";
    case rapidjson::kParseErrorArrayMissCommaOrSquareBracket: return "',' or ']' was expected";
    case rapidjson::kParseErrorStringMissQuotationMark: return "a string is not closed";
    case rapidjson::kParseErrorStringEscapeInvalid: return "a string has an unknown escape";
    default: return rapidjson::GetParseError_En(code);
  }
}

}  // namespace detail

// text[size] must be writable and TextBuffer::PADDING bytes behind it readable. Strings are unescaped where they stand,
// so views handed to the handler live as long as the buffer.
template <unsigned Flags, class Handler>
std::optional<Fault> parse(char* text, std::size_t size, Handler& handler) {
  const std::string_view all(text, size);
  if (const std::size_t bad = utf8_valid_up_to(all); bad != size) return Fault{bad, "is not UTF-8: " + found(all, bad)};
  if (all.starts_with("\xef\xbb\xbf")) return Fault{0, "starts with a byte-order mark: save it as UTF-8 without one"};
  text[size] = '\0';
  rapidjson::InsituStringStream stream(text);
  rapidjson::Reader reader;
  detail::Bounded<Handler> bounded{handler};
  const auto result = reader.template Parse<Flags>(stream, bounded);
  if (result.Code() == rapidjson::kParseErrorTermination) {
    if (bounded.too_deep) return Fault{result.Offset(), "is nested deeper than " + std::to_string(MAX_DEPTH) + " levels"};
    return Fault{result.Offset(), handler.reason};
  }
  if (result.IsError()) return Fault{result.Offset(), detail::syntax(result.Code()) + ", " + found(all, result.Offset())};
  if (stream.Tell() != size) return Fault{stream.Tell(), "there is more behind the JSON value, " + found(all, stream.Tell())};
  return std::nullopt;
}

}  // namespace ms::json
