#include "header_reader.hpp"

#include <modelsig/kit/file_kind.hpp>

#include "reader.hpp"

namespace gguf {

namespace {

constexpr std::string_view MAGIC = "GGUF";
constexpr std::uint32_t NEWEST = 3;
constexpr std::size_t KIND_BYTES = 512;
constexpr std::uint64_t DEFAULT_ALIGNMENT = 32, SMALLEST_ENTRY = 4 + 1;  // type, a byte; and its key's length and a letter

void check_magic(Window& in) {
  const std::string kept(in.start().substr(0, KIND_BYTES));
  const ms::FileKind kind = ms::file_kind(kept);
  const bool gguf = std::string_view(kept).starts_with(MAGIC) || kept.size() < MAGIC.size();
  if (!gguf && kind != ms::FileKind::UNKNOWN && kind != ms::FileKind::GGUF) throw ms::Error(MS_DATA_LOSS, in.name() + ": is " + std::string(ms::describe(kind)));
  if (kept.empty()) throw ms::Error(MS_DATA_LOSS, in.name() + ": is empty (0 bytes): download it again");
  const std::string_view magic(reinterpret_cast<const char*>(in.take(MAGIC.size(), "the magic")), MAGIC.size());
  if (magic != MAGIC) throw ms::Error(MS_DATA_LOSS, in.name() + ": is no GGUF file: it does not begin with \"GGUF\"");
}

std::uint64_t counted_things(Reader& in, const char* what, std::uint64_t smallest) {
  const std::uint64_t count = in.count("the header");
  if (count > in.in.remaining() / smallest)
    in.in.fail(std::string("the header promises ") + std::to_string(count) + " " + what + ", but only " + std::to_string(in.in.remaining()) + " bytes follow");
  return count;
}

void read_alignment(const Window& in, Header& out) {
  out.alignment = DEFAULT_ALIGNMENT;
  const Value* value = out.metadata.find("general.alignment");
  if (!value) return;
  if (value->type != Type::U32) in.fail(std::string("general.alignment is of type ") + type_name(value->type) + ", it must be u32");
  out.alignment = value->whole;
  if (out.alignment == 0 || (out.alignment & (out.alignment - 1))) in.fail("general.alignment is " + std::to_string(out.alignment) + ", it must be a power of two");
}

}  // namespace

Header read_header(Window& window, const TypeTable& types, const Limits& limits) {
  check_magic(window);
  Header out;
  Reader in{window};
  out.version = in.u32("the version");
  if (out.version != 0 && (out.version & 0xFFFF) == 0) {
    out.big_endian = in.big_endian = true;
    out.version = __builtin_bswap32(out.version);
  }
  if (out.version == 0 || out.version > NEWEST)
    throw ms::Error(MS_UNSUPPORTED, window.name() + ": is GGUF version " + std::to_string(out.version) + ", versions 1 to " + std::to_string(NEWEST) + " are known");
  in.version = out.version;
  const std::uint64_t tensors = counted_things(in, "tensors", in.count_bytes() + 4 + 4 + 8);
  const std::uint64_t entries = counted_things(in, "metadata entries", in.count_bytes() + SMALLEST_ENTRY);
  read_metadata(in, entries, limits, out);
  read_alignment(window, out);
  read_tensor_infos(in, tensors, types, out);
  out.file_size = window.file_size();
  return out;
}

}  // namespace gguf
