// A forward walk over protobuf's wire format: fields of nested messages, values, and what is skipped without
// being read. Positions have 64 bits (CodedInputStream counts in int, so a new one is made now and then).
//     for (Message m(wire, end, "graph"); m.next();) switch (m.field()) { case 1: name = m.text(); break; default: m.skip(); }
#pragma once
#include <google/protobuf/io/coded_stream.h>

#include <optional>
#include <string>

#include "host_stream.hpp"

namespace onnx {

class Wire {
 public:
  Wire(const ms::Call& call, HostStream& stream, std::string file) : call_(call), stream_(stream), file_(std::move(file)) {}

  std::uint64_t position() { return coded_ ? base_ + static_cast<std::uint64_t>(coded_->CurrentPosition()) : stream_.position(); }
  void seek(std::uint64_t position);
  bool at_end() {  // of a file whose size no store tells
    coded_.reset();
    const bool end = stream_.at_end();
    stream_.rethrow();
    return end;
  }
  std::uint64_t varint(std::uint64_t end);
  std::uint32_t fixed32(std::uint64_t end);
  std::string text(std::uint64_t size);            // the next `size` bytes, known to be inside the message
  [[noreturn]] void fail(std::uint64_t at, const std::string& what);
  const ms::Call& call() const { return call_; }
  const std::string& file() const { return file_; }

 private:
  google::protobuf::io::CodedInputStream& coded();
  [[noreturn]] void cut(std::uint64_t at);

  const ms::Call& call_;
  HostStream& stream_;
  std::string file_;
  std::optional<google::protobuf::io::CodedInputStream> coded_;
  std::uint64_t base_ = 0;
};

class Message {
 public:
  static constexpr int DEEPEST = 100;               // protobuf's own limit
  static constexpr std::uint64_t LONGEST_TEXT = 16u << 20;
  enum Type : std::uint32_t { VARINT = 0, FIXED64 = 1, BYTES = 2, FIXED32 = 5 };

  Message(Wire& wire, std::uint64_t end, const char* what, int depth = 0);  // the rest of the file up to `end`
  Message sub(const char* what);                    // the message that is this field's value

  bool next();                                      // to the next field; skips what is left of the last one
  std::uint32_t field() const { return field_; }
  Type type() const { return type_; }
  std::uint64_t end() const { return end_; }
  std::uint64_t value_at() const { return value_at_; }
  std::uint64_t size() const { return size_; }      // bytes of this field's value

  std::uint64_t number();                           // a varint field
  std::int64_t integer() { return static_cast<std::int64_t>(number()); }
  float real();
  std::string text();                               // UTF-8
  std::string bytes();
  // Calls each(number) for a repeated integer field, packed or not.
  template <class Each> void numbers(Each each) {
    if (type_ == VARINT) return each(number());
    expect(BYTES);
    for (const std::uint64_t end = value_at_ + size_; wire_.position() < end;) each(wire_.varint(end));
  }
  void expect(Type type);
  [[noreturn]] void fail(const std::string& what) { wire_.fail(at_, what); }
  Wire& wire() { return wire_; }

 private:
  Wire& wire_;
  const char* what_;
  int depth_;
  std::uint64_t end_, at_ = 0, value_at_ = 0, size_ = 0, number_ = 0;
  std::uint32_t field_ = 0;
  Type type_ = VARINT;
};

}  // namespace onnx
