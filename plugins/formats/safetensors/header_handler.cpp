#include "header_handler.hpp"

#include "name_table.hpp"
#include "text.hpp"

namespace safetensors {
namespace {
constexpr std::string_view METADATA_KEY = "__metadata__";
}

std::string HeaderHandler::place() const {
  if (in_ == In::DOCUMENT) return "the header";
  if (metadata_) return METADATA_KEY.data();
  const std::string tensor = "tensor " + quoted(out_.rows.back().name);
  switch (field_) {
    case Field::DTYPE: return tensor + ": dtype";
    case Field::SHAPE: return tensor + ": shape";
    case Field::OFFSETS: return tensor + ": data_offsets";
    case Field::OTHER: break;
  }
  return tensor;
}

bool HeaderHandler::wrong(const std::string& why) {
  if (strict_ || in_ == In::DOCUMENT) return reason = place() + " " + why, false;
  if (!metadata_) row().usable = false;
  return true;
}

bool HeaderHandler::other(const char* found) {
  if (skipping_ || (in_ == In::TENSOR && field_ == Field::OTHER)) return true;
  switch (in_) {
    case In::DOCUMENT: return wrong(std::string("is ") + found + ", but a safetensors header is a JSON object");
    case In::ROOT: return wrong(std::string("is ") + found + ", expected an object");
    case In::METADATA: return wrong(std::string("holds ") + found + ", it may hold strings only");
    case In::TENSOR: return wrong(std::string("is ") + found + (field_ == Field::DTYPE ? ", expected a string" : ", expected a list"));
    case In::SHAPE:
    case In::OFFSETS: return wrong(std::string("holds ") + found + ", expected whole numbers from 0 to 2^64-1");
  }
  return false;
}

bool HeaderHandler::Uint64(std::uint64_t v) {
  if (!skipping_ && in_ == In::SHAPE) {
    if (row().rank == MAX_RANK) return wrong("has more than " + std::to_string(MAX_RANK) + " axes");
    out_.axes.push_back(v);
    ++row().rank;
    return true;
  }
  if (!skipping_ && in_ == In::OFFSETS) {
    if (offsets_ == 2) return wrong("has more than two numbers");
    (offsets_++ == 0 ? row().begin : row().end) = v;
    return true;
  }
  return other("a number");
}

bool HeaderHandler::String(const char* s, unsigned n, bool) {
  if (!skipping_ && in_ == In::TENSOR && field_ == Field::DTYPE) {
    row().dtype = {s, n};
    row().has_dtype = true;
    return true;
  }
  return (in_ == In::METADATA && !skipping_) || other("a string");
}

bool HeaderHandler::Key(const char* s, unsigned n, bool) {
  if (skipping_) return true;
  const std::string_view key(s, n);
  if (in_ == In::ROOT) {
    metadata_ = key == METADATA_KEY;
    field_ = Field::OTHER;
    if (!metadata_) out_.rows.push_back({.name = key, .dtype = {}, .hash = hash_of(key)});
  } else if (in_ == In::TENSOR) {
    field_ = key == "dtype" ? Field::DTYPE : key == "shape" ? Field::SHAPE : key == "data_offsets" ? Field::OFFSETS : Field::OTHER;
  }
  return true;
}

bool HeaderHandler::StartObject() {
  if (skipping_) return ++skipping_, true;
  switch (in_) {
    case In::DOCUMENT: in_ = In::ROOT; return true;
    case In::ROOT: in_ = metadata_ ? In::METADATA : In::TENSOR; return true;
    default: ++skipping_; return in_ == In::TENSOR && field_ == Field::OTHER ? true : wrong("holds an object");
  }
}

bool HeaderHandler::EndObject(unsigned) {
  if (skipping_) return --skipping_, true;
  if (in_ == In::METADATA) return in_ = In::ROOT, true;
  if (in_ == In::ROOT) return in_ = In::DOCUMENT, true;
  in_ = In::ROOT;
  field_ = Field::OTHER;
  const Row& done = row();
  if (strict_ && !done.has_dtype) return wrong("has no dtype");
  if (strict_ && !done.has_shape) return wrong("has no shape");
  if (strict_ && !done.has_offsets) return wrong("has no data_offsets");
  return true;
}

bool HeaderHandler::StartArray() {
  if (skipping_) return ++skipping_, true;
  if (in_ == In::TENSOR && field_ == Field::SHAPE) {
    in_ = In::SHAPE;
    row().shape = static_cast<std::uint32_t>(out_.axes.size());
    row().rank = 0;
    return row().has_shape = true;
  }
  if (in_ == In::TENSOR && field_ == Field::OFFSETS) {
    in_ = In::OFFSETS;
    offsets_ = 0;
    return row().has_offsets = true;
  }
  if (in_ == In::TENSOR && field_ == Field::OTHER) return ++skipping_, true;
  const bool refused = !wrong(in_ == In::DOCUMENT ? "is a list, but a safetensors header is a JSON object" : "is or holds a list");
  ++skipping_;
  return !refused;
}

bool HeaderHandler::EndArray(unsigned) {
  if (skipping_) return --skipping_, true;
  const bool short_of_two = in_ == In::OFFSETS && offsets_ < 2;
  if (short_of_two) row().has_offsets = false;
  const bool ok = !short_of_two || wrong("has fewer than two numbers, expected [begin, end]");
  in_ = In::TENSOR;
  return ok;
}

}  // namespace safetensors
