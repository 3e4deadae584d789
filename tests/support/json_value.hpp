// JSON text -> Document, for tests that read config.json. The real reader is a plugin; this one trusts its input.
#pragma once
#include <rapidjson/error/en.h>
#include <rapidjson/reader.h>

#include <filesystem>
#include <fstream>
#include <iterator>
#include <memory>
#include <string>
#include <string_view>

#include "core/value/builder.hpp"
#include "core/value/error.hpp"

namespace modelsig::testing {

class JsonToBuilder {
 public:
  explicit JsonToBuilder(Builder& out) : out_(out) {}
  bool Null() { return put(Value()); }
  bool Bool(bool v) { return put(Value(v)); }
  bool Int(int v) { return put(Value(static_cast<std::int64_t>(v))); }
  bool Uint(unsigned v) { return put(Value(static_cast<std::int64_t>(v))); }
  bool Int64(std::int64_t v) { return put(Value(v)); }
  bool Uint64(std::uint64_t v) { return put(Value(v)); }
  bool Double(double v) { return put(Value(v)); }
  bool RawNumber(const char*, rapidjson::SizeType, bool) { return false; }
  bool String(const char* text, rapidjson::SizeType size, bool) { return put(Value::text({text, size})); }
  bool Key(const char* text, rapidjson::SizeType size, bool) { out_.key({text, size}); return true; }
  bool StartObject() { out_.begin('{'); return true; }
  bool EndObject(rapidjson::SizeType) { out_.end(); return true; }
  bool StartArray() { out_.begin('['); return true; }
  bool EndArray(rapidjson::SizeType) { out_.end(); return true; }

 private:
  bool put(Value v) { out_.put(v); return true; }
  Builder& out_;
};

inline std::unique_ptr<Document> parse_json(std::string_view text) {
  auto document = std::make_unique<Document>();
  Builder builder(*document, Builder::Duplicates::last_wins, Builder::NonFinite::keep);
  JsonToBuilder handler(builder);
  rapidjson::Reader reader;
  const std::string copy(text);
  rapidjson::StringStream stream(copy.c_str());
  if (!reader.Parse<rapidjson::kParseNanAndInfFlag | rapidjson::kParseFullPrecisionFlag>(stream, handler))
    throw Error(std::string("not JSON: ") + rapidjson::GetParseError_En(reader.GetParseErrorCode()));
  document->set_root(builder.finish());
  return document;
}

inline std::string read_file(const std::filesystem::path& path) {
  std::ifstream in(path, std::ios::binary);
  if (!in) throw Error(path.string() + ": cannot be opened", MS_NOT_FOUND);
  return {std::istreambuf_iterator<char>(in), {}};
}

}  // namespace modelsig::testing
