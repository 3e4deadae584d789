// JSON events -> Header.
#pragma once
#include <string>

#include "header.hpp"

namespace safetensors {

class HeaderHandler {
 public:
  HeaderHandler(Header& out, bool strict) : out_(out), strict_(strict) {}
  std::string reason;  // why the last event was refused

  bool Null() { return in_ == In::ROOT && metadata_ ? true : other("null"); }  // "__metadata__": null is in real files
  bool Bool(bool) { return other("true or false"); }
  bool Int(int) { return other("a negative number"); }
  bool Uint(unsigned v) { return Uint64(v); }
  bool Int64(std::int64_t) { return other("a negative number"); }
  bool Uint64(std::uint64_t v);
  bool Double(double) { return other("a number that is not whole or too large"); }
  bool String(const char* s, unsigned n, bool);
  bool Key(const char* s, unsigned n, bool);
  bool StartObject();
  bool EndObject(unsigned);
  bool StartArray();
  bool EndArray(unsigned);

 private:
  enum class In { DOCUMENT, ROOT, METADATA, TENSOR, SHAPE, OFFSETS };
  enum class Field { DTYPE, SHAPE, OFFSETS, OTHER };

  Row& row() { return out_.rows.back(); }
  std::string place() const;
  bool other(const char* found);         // a scalar where it may not belong
  bool wrong(const std::string& why);    // refuses, or drops the row where nothing is checked

  Header& out_;
  const bool strict_;
  In in_ = In::DOCUMENT;
  Field field_ = Field::OTHER;
  bool metadata_ = false;   // the current member of the root is __metadata__
  unsigned skipping_ = 0;   // depth inside a value that does not matter
  unsigned offsets_ = 0;
};

}  // namespace safetensors
