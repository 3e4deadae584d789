#include "zip_entry.hpp"

#include <zlib.h>

#include <algorithm>

#include "failure.hpp"
#include "little_endian.hpp"

namespace pytorch {
namespace {

constexpr std::uint16_t STORED = 0, DEFLATED = 8, ENCRYPTED = 1;
constexpr std::uint64_t MOST_EXPANSION = 1032;  // of deflate
constexpr std::uint64_t FIRST_OUTPUT = 1u << 16;

std::string said(const ZipEntry& entry) { return "the entry '" + std::string(entry.name) + "' "; }

std::string inflate_all(const ZipEntry& entry, std::string_view packed) {
  z_stream stream{};
  if (inflateInit2(&stream, -MAX_WBITS) != Z_OK) throw Failure(said(entry) + "cannot be unpacked: out of memory");
  struct End { z_stream* s; ~End() { inflateEnd(s); } } end{&stream};
  stream.next_in = const_cast<Bytef*>(reinterpret_cast<const Bytef*>(packed.data()));
  stream.avail_in = static_cast<uInt>(packed.size());
  std::string out;
  int status = Z_OK;
  while (status == Z_OK) {
    const std::size_t have = out.size();
    if (have > entry.size) break;
    out.resize(std::min<std::uint64_t>(entry.size + 1, std::max<std::uint64_t>(FIRST_OUTPUT, have * 2)));  // grows with what comes out
    stream.next_out = reinterpret_cast<Bytef*>(out.data() + have);
    stream.avail_out = static_cast<uInt>(out.size() - have);
    status = inflate(&stream, Z_NO_FLUSH);
    out.resize(out.size() - stream.avail_out);
  }
  if (out.size() > entry.size) throw Failure(said(entry) + "unpacks to more than the " + std::to_string(entry.size) + " bytes that the directory says: a zip bomb, or damaged");
  if (status != Z_STREAM_END) throw Failure(said(entry) + "cannot be unpacked: " + (stream.msg ? stream.msg : "the data end early"));
  return out;
}

}  // namespace

void check_entry(const ZipEntry& entry, std::uint64_t limit) {
  if (entry.flags & ENCRYPTED) throw Failure(said(entry) + "is encrypted");
  if (entry.method != STORED && entry.method != DEFLATED)
    throw Failure(said(entry) + "is compressed with method " + std::to_string(entry.method) + ", expected 0 (stored) or 8 (deflate)");
  if (entry.size > limit || entry.packed > limit)
    throw Failure(said(entry) + "has " + std::to_string(std::max(entry.size, entry.packed)) + " bytes, more than the limit of " + std::to_string(limit) + " (option max_pickle)");
  if (entry.method == STORED && entry.size != entry.packed)
    throw Failure(said(entry) + "is stored as it is, but has two sizes, " + std::to_string(entry.packed) + " and " + std::to_string(entry.size));
  if (entry.size / MOST_EXPANSION > entry.packed + 1)
    throw Failure(said(entry) + "is said to unpack from " + std::to_string(entry.packed) + " to " + std::to_string(entry.size) + " bytes, more than deflate can");
}

std::uint64_t data_begin(const ZipEntry& entry, std::string_view bytes) {
  if (bytes.size() < LOCAL_HEADER || !bytes.starts_with(std::string_view("PK\x03\x04", 4)))
    throw Failure(said(entry) + "has no header at byte " + std::to_string(entry.local_header) + ", where the zip directory says");
  const std::uint64_t name = little_endian<std::uint16_t>(bytes, 26), extra = little_endian<std::uint16_t>(bytes, 28);
  if (bytes.substr(LOCAL_HEADER, name) != entry.name)
    throw Failure(said(entry) + "has another name in its own header at byte " + std::to_string(entry.local_header));
  return LOCAL_HEADER + name + extra;
}

std::string unpack(const ZipEntry& entry, std::string_view packed) {
  std::string out = entry.method == STORED ? std::string(packed) : inflate_all(entry, packed);
  if (out.size() != entry.size) throw Failure(said(entry) + "unpacks to " + std::to_string(out.size()) + " bytes, the directory says " + std::to_string(entry.size));
  const auto crc = crc32(0, reinterpret_cast<const Bytef*>(out.data()), static_cast<uInt>(out.size()));
  if (crc != entry.crc) throw Failure(said(entry) + "is damaged: its checksum is wrong: download the file again");
  return out;
}

}  // namespace pytorch
