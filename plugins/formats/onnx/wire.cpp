#include "wire.hpp"

#include <modelsig/kit/utf8.hpp>

#include <climits>
#include <cstring>

namespace onnx {

namespace {
constexpr int RENEW = 1 << 30;  // CodedInputStream counts what it read in int

const char* name_of(std::uint32_t type) {
  switch (type) {
    case Message::VARINT: return "a number";
    case Message::FIXED64: return "8 fixed bytes";
    case Message::BYTES: return "bytes with their length";
    case Message::FIXED32: return "4 fixed bytes";
    default: return "a group";
  }
}
}  // namespace

google::protobuf::io::CodedInputStream& Wire::coded() {
  if (coded_ && coded_->CurrentPosition() > RENEW) coded_.reset();  // gives back what it has not used
  if (!coded_) {
    base_ = stream_.position();
    coded_.emplace(&stream_);
    coded_->SetTotalBytesLimit(INT_MAX);
  }
  return *coded_;
}

void Wire::seek(std::uint64_t position) {
  const std::uint64_t here = this->position();
  if (position == here) return;
  coded_.reset();
  stream_.seek(position);
}

void Wire::fail(std::uint64_t at, const std::string& what) {
  stream_.rethrow();
  throw ms::Error(MS_DATA_LOSS, file_ + ": byte " + std::to_string(at) + ": " + what);
}

void Wire::cut(std::uint64_t at) {
  fail(at, "the file ends inside a value, or the value is no number: it is damaged, or no ONNX model; download it again");
}

std::uint64_t Wire::varint(std::uint64_t end) {
  const std::uint64_t at = position();
  std::uint64_t value = 0;
  if (at >= end) fail(at, "a number was expected, but its message ends here");
  if (!coded().ReadVarint64(&value)) cut(at);
  if (position() > end) fail(at, "a number runs " + std::to_string(position() - end) + " bytes past the end of its message");
  return value;
}

std::uint32_t Wire::fixed32(std::uint64_t end) {
  const std::uint64_t at = position();
  std::uint32_t value = 0;
  if (at > end || end - at < 4 || !coded().ReadLittleEndian32(&value)) cut(at);
  return value;
}

std::string Wire::text(std::uint64_t size) {
  const std::uint64_t at = position();
  std::string out;
  if (size > Message::LONGEST_TEXT) fail(at, "a text of " + std::to_string(size) + " bytes, at most " + std::to_string(Message::LONGEST_TEXT) + " are read");
  if (!coded().ReadString(&out, static_cast<int>(size))) cut(at);
  return out;
}

Message::Message(Wire& wire, std::uint64_t end, const char* what, int depth) : wire_(wire), what_(what), depth_(depth), end_(end) {
  value_at_ = wire.position();
  if (depth > DEEPEST) wire.fail(value_at_, "messages lie in each other more than " + std::to_string(DEEPEST) + " deep");
}

Message Message::sub(const char* what) {
  expect(BYTES);
  wire_.seek(value_at_);
  return Message(wire_, value_at_ + size_, what, depth_ + 1);
}

bool Message::next() {
  wire_.seek(value_at_ + size_);
  at_ = value_at_ + size_;
  if (at_ >= end_ || (end_ == MS_SIZE_UNKNOWN && wire_.at_end())) return false;
  const std::uint64_t tag = wire_.varint(end_);
  field_ = static_cast<std::uint32_t>(tag >> 3);
  type_ = static_cast<Type>(tag & 7);
  value_at_ = wire_.position();
  if (field_ == 0 || tag >> 32) fail("field number " + std::to_string(tag >> 3) + " in " + what_ + ": this is no ONNX model, or damaged");
  switch (type_) {
    case VARINT: number_ = wire_.varint(end_); size_ = wire_.position() - value_at_; return true;
    case FIXED64: size_ = 8; break;
    case FIXED32: size_ = 4; break;
    case BYTES: size_ = wire_.varint(end_); value_at_ = wire_.position(); break;
    default: fail("field " + std::to_string(field_) + " of " + what_ + " has wire type " + std::to_string(tag & 7) + ", which ONNX has not: this is no ONNX model, or damaged");
  }
  if (size_ > end_ - value_at_)
    fail("field " + std::to_string(field_) + " of " + what_ + " says it has " + std::to_string(size_) + " bytes, but only " + std::to_string(end_ - value_at_) + " are there: the file is cut short or damaged");
  return true;
}

void Message::expect(Type type) {
  if (type_ != type) fail("field " + std::to_string(field_) + " of " + what_ + " is " + name_of(type_) + ", expected " + name_of(type) + ": this is no ONNX model, or damaged");
}

std::uint64_t Message::number() {
  expect(VARINT);
  return number_;
}

float Message::real() {
  expect(FIXED32);
  const std::uint32_t bits = wire_.fixed32(end_);
  float out;
  std::memcpy(&out, &bits, sizeof out);
  return out;
}

std::string Message::bytes() {
  expect(BYTES);
  return wire_.text(size_);
}

std::string Message::text() {
  std::string out = bytes();
  if (const std::size_t valid = ms::utf8_valid_up_to(out); valid != out.size()) wire_.fail(value_at_ + valid, "a text is not UTF-8");
  return out;
}

}  // namespace onnx
