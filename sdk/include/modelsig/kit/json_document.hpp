// modelsig/kit/json_document.hpp - a whole JSON text into a Writer, in file order, as Python's json module would read it:
// NaN and Infinity allowed, an integer past 64 bits becomes a real, of equal keys the last value stands at the first place.
#pragma once
#include "json.hpp"

#include <rapidjson/document.h>

#include <algorithm>
#include <utility>
#include <vector>

#include "../writer.hpp"

namespace ms::json {

class Document {
 public:
  // Nothing, or why it is no JSON. The text lives as long as the document.
  std::optional<Fault> parse(TextBuffer& text) {
    std::optional<Fault> fault;
    auto feed = [&](rapidjson::Document& into) {
      Builder builder{into, {}};
      fault = json::parse<CONFIG>(text.data(), text.size(), builder);
      return !fault;
    };
    root_.Populate(feed);
    return fault;
  }
  bool is_object() const { return root_.IsObject(); }
  // "a list", "a string" ...: completes "is ..."
  const char* kind() const {
    return root_.IsObject() ? "an object" : root_.IsArray() ? "a list" : root_.IsString() ? "a string" : root_.IsNull() ? "null"
         : root_.IsBool() ? "true or false" : "a number";
  }
  // repeated(key): this key stood more than once in an object.
  template <class Repeated>
  void write(Writer& out, Repeated repeated) const { write(root_, out, repeated); }

 private:
  struct Builder {  // a rapidjson::Document is a handler; it lacks only the reason
    rapidjson::Document& to;
    std::string reason;
    bool Null() { return to.Null(); }
    bool Bool(bool v) { return to.Bool(v); }
    bool Int(int v) { return to.Int(v); }
    bool Uint(unsigned v) { return to.Uint(v); }
    bool Int64(std::int64_t v) { return to.Int64(v); }
    bool Uint64(std::uint64_t v) { return to.Uint64(v); }
    bool Double(double v) { return to.Double(v); }
    bool String(const char* s, rapidjson::SizeType n, bool copy) { return to.String(s, n, copy); }
    bool Key(const char* s, rapidjson::SizeType n, bool copy) { return to.Key(s, n, copy); }
    bool StartObject() { return to.StartObject(); }
    bool StartArray() { return to.StartArray(); }
    bool EndObject(rapidjson::SizeType n) { return to.EndObject(n); }
    bool EndArray(rapidjson::SizeType n) { return to.EndArray(n); }
  };
  static std::string_view text(const rapidjson::Value& value) { return {value.GetString(), value.GetStringLength()}; }

  template <class Repeated>
  static void write(const rapidjson::Value& value, Writer& out, Repeated& repeated) {
    if (value.IsObject()) {
      auto scope = out.object();
      write_members(value, out, repeated);
    } else if (value.IsArray()) {
      auto scope = out.array();
      for (const auto& item : value.GetArray()) write(item, out, repeated);
    } else if (value.IsString()) out.value(text(value));
    else if (value.IsBool()) out.value(value.GetBool());
    else if (value.IsInt64()) out.value(value.GetInt64());
    else if (value.IsUint64()) out.value(value.GetUint64());
    else if (value.IsDouble()) out.value(value.GetDouble());
    else out.null();
  }

  template <class Repeated>
  static void write_members(const rapidjson::Value& object, Writer& out, Repeated& repeated) {
    const auto members = object.MemberBegin();
    const std::size_t count = object.MemberCount();
    std::vector<std::pair<std::string_view, std::size_t>> keys(count);
    for (std::size_t i = 0; i < count; ++i) keys[i] = {text(members[static_cast<std::ptrdiff_t>(i)].name), i};
    std::sort(keys.begin(), keys.end());
    std::vector<std::size_t> value_of(count);  // which member's value is written at place i; `count`: nothing is
    for (std::size_t i = 0; i < count;) {
      std::size_t end = i + 1;
      while (end < count && keys[end].first == keys[i].first) value_of[keys[end++].second] = count;
      value_of[keys[i].second] = keys[end - 1].second;
      if (end > i + 1) repeated(keys[i].first);
      i = end;
    }
    for (std::size_t i = 0; i < count; ++i) {
      if (value_of[i] == count) continue;
      out.key(text(members[static_cast<std::ptrdiff_t>(i)].name));
      write(members[static_cast<std::ptrdiff_t>(value_of[i])].value, out, repeated);
    }
  }

  rapidjson::Document root_;
};

}  // namespace ms::json
