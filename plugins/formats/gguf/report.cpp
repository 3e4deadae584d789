#include "report.hpp"

#include <cstdio>

#include "file_choice.hpp"
#include "text.hpp"

namespace gguf {

void write_value(ms::Writer& out, const Value& value) {
  if (value.type == Type::ARRAY && value.kept) {
    auto items = out.array();
    for (const Value& item : value.items) write_value(out, item);
  } else if (!value.kept) {
    auto object = out.object();
    out.member("length", value.length);
    if (value.type == Type::ARRAY) out.member("of", type_name(value.of));
    if (value.digest) {
      char digest[32];
      std::snprintf(digest, sizeof digest, "%016llx", static_cast<unsigned long long>(value.digest));
      out.member("fnv1a", std::string_view(digest));
    }
  } else if (value.type == Type::TEXT) {
    out.value(printable(value.text));
  } else if (value.type == Type::BOOL) {
    out.value(value.whole != 0);
  } else if (value.is_real()) {
    out.value(value.real);
  } else if (value.is_signed()) {
    out.value(static_cast<std::int64_t>(value.whole));
  } else {
    out.value(value.whole);
  }
}

void write_part(ms::Writer& out, const Header& header, const Choice& choice, std::uint64_t tensors) {
  auto object = out.object();
  out.member("version", header.version);
  out.member("byte_order", header.big_endian ? "big" : "little");
  {
    auto files = out.array("files");
    for (const ms::File& file : choice.files) out.value(printable(file.name()));
  }
  if (!choice.others.empty()) {
    auto others = out.array("others");
    for (const std::string& name : choice.others) out.value(printable(name));
  }
  out.member("tensors", tensors);
  out.member("alignment", header.alignment);
  auto metadata = out.object("metadata");
  for (const Entry& entry : header.metadata.entries()) {
    out.key(printable(entry.key));
    write_value(out, entry.value);
  }
}

}  // namespace gguf
