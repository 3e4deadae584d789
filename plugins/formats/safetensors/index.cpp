#include "index.hpp"

#include <modelsig/kit/file_kind.hpp>
#include <modelsig/kit/json.hpp>

#include "text.hpp"

namespace safetensors {

constexpr std::size_t TYPICAL_ENTRY = 100;  // bytes of text per tensor, to size the table in one go

// JSON events -> Index. What it does not know is skipped.
class IndexHandler {
 public:
  explicit IndexHandler(Index& out) : out_(out) {}
  std::string reason;
  bool has_map() const { return has_map_; }

  bool Null() { return value("null"); }
  bool Bool(bool) { return value("true or false"); }
  bool Int(int) { return value("a number"); }
  bool Uint(unsigned v) { return Double(v); }
  bool Int64(std::int64_t) { return value("a number"); }
  bool Uint64(std::uint64_t v) { return Double(static_cast<double>(v)); }
  bool Double(double v) {
    if (in_ == In::METADATA && depth_ == 2 && total_size_) out_.total_size_ = v;
    return value("a number");
  }
  bool String(const char* s, unsigned n, bool) {
    if (in_ != In::MAP || depth_ != 2) return value("a string");
    out_.add(tensor_, {s, n});
    return true;
  }
  bool Key(const char* s, unsigned n, bool) {
    const std::string_view key(s, n);
    if (depth_ == 1) in_ = key == "weight_map" ? In::MAP : key == "metadata" ? In::METADATA : In::OTHER;
    else if (depth_ == 2 && in_ == In::MAP) tensor_ = key;
    else if (depth_ == 2) total_size_ = key == "total_size";
    return true;
  }
  bool StartObject() {
    if (depth_ == 1 && in_ == In::MAP) has_map_ = true;
    else if (depth_ == 2 && in_ == In::MAP) return value("an object");
    return ++depth_, true;
  }
  bool EndObject(unsigned) { return --depth_, true; }
  bool StartArray() { return value("a list") && (++depth_, true); }
  bool EndArray(unsigned) { return --depth_, true; }

 private:
  enum class In { OTHER, MAP, METADATA };

  bool value(const char* found) {
    if (depth_ == 0) return reason = std::string("the index is ") + found + ", expected an object with a weight_map", false;
    if (in_ == In::MAP && depth_ == 1) return reason = std::string("weight_map is ") + found + ", expected an object", false;
    if (in_ == In::MAP && depth_ == 2)
      return reason = "weight_map: tensor " + quoted(tensor_) + " has " + found + " for a file, expected a string", false;
    return true;
  }

  Index& out_;
  In in_ = In::OTHER;
  std::string_view tensor_;
  unsigned depth_ = 0;
  bool total_size_ = false, has_map_ = false;
};

void Index::add(std::string_view tensor, std::string_view file) {
  bool fresh = false;
  if (shards_.empty() || shards_[last_shard_].file != file) {  // neighbours in the map mostly share a shard
    last_shard_ = shard_ids_.add(file, static_cast<std::uint32_t>(shards_.size()), fresh).value;
    if (fresh) shards_.push_back({file, tensor});
  }
  places_.push_back({tensor, last_shard_});
  ++shards_[last_shard_].tensors;
  shards_[last_shard_].name_bytes += tensor.size();
}

void Index::settle() {
  tensors_.reserve(places_.size());
  for (const auto& [tensor, shard] : places_) {
    bool fresh = false;
    NameTable::Entry& entry = tensors_.add(tensor, shard, fresh);
    if (fresh) continue;
    ++repeated_;
    IndexShard& before = shards_[entry.value];
    --before.tensors;
    before.name_bytes -= tensor.size();
    entry.value = shard;
  }
  places_ = {};
}

std::string Index::parse() {
  places_.reserve(text_.size() / TYPICAL_ENTRY);
  const ms::FileKind kind = ms::file_kind(text_.view().substr(0, 300));
  IndexHandler handler(*this);
  if (const auto fault = ms::json::parse<ms::json::HEADER>(text_.data(), text_.size(), handler)) {
    if (kind != ms::FileKind::JSON && kind != ms::FileKind::UNKNOWN) return "is " + std::string(ms::describe(kind));
    const auto at = ms::json::position(text_.view(), fault->offset);
    return "line " + std::to_string(at.line) + ", column " + std::to_string(at.column) + ": " + fault->reason;
  }
  return handler.has_map() ? "" : "has no weight_map";
}

}  // namespace safetensors
