// Bytes of PyTorch files for tests: pickle instructions, zip archives with or without deflate and zip64.
#pragma once
#include <zlib.h>

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace formats::torch {

inline std::string le(std::uint64_t value, unsigned bytes) {
  std::string out;
  for (unsigned i = 0; i < bytes; ++i) out += static_cast<char>(value >> (8 * i) & 0xFF);
  return out;
}

// --- pickle
inline std::string text(std::string_view s) { return "X" + le(s.size(), 4) + std::string(s); }
inline std::string number(std::int64_t n) { return "\x8a\x08" + le(static_cast<std::uint64_t>(n), 8); }
inline std::string global(const std::string& module, const std::string& name) { return "c" + module + "\n" + name + "\n"; }
inline std::string tuple(std::initializer_list<std::string> items) {
  std::string out = "(";
  for (const auto& item : items) out += item;
  return out + "t";
}
inline std::string sizes(std::vector<std::int64_t> axes) {
  std::string out = "(";
  for (const auto axis : axes) out += number(axis);
  return out + "t";
}
inline std::string storage(const std::string& type, const std::string& key, std::int64_t elements) {
  return tuple({text("storage"), global("torch", type), text(key), text("cpu"), number(elements)}) + "Q";
}
inline std::string tensor(const std::string& in, std::vector<std::int64_t> shape, std::vector<std::int64_t> stride, std::int64_t offset = 0) {
  return global("torch._utils", "_rebuild_tensor_v2") + tuple({in, number(offset), sizes(shape), sizes(stride), "\x89", global("collections", "OrderedDict") + ")R"}) + "R";
}
inline std::string dict(std::initializer_list<std::pair<std::string, std::string>> members) {
  std::string out = "}(";
  for (const auto& [key, value] : members) out += text(key) + value;
  return out + "u";
}
inline std::string pickle(const std::string& body) { return "\x80\x02" + body + "."; }

// --- zip
struct Entry { std::string name, data; bool deflate = false; };

inline std::string deflated(const std::string& data) {
  z_stream stream{};
  deflateInit2(&stream, 9, Z_DEFLATED, -MAX_WBITS, 8, Z_DEFAULT_STRATEGY);
  std::string out(deflateBound(&stream, data.size()), '\0');
  stream.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(data.data())), stream.avail_in = static_cast<uInt>(data.size());
  stream.next_out = reinterpret_cast<Bytef*>(out.data()), stream.avail_out = static_cast<uInt>(out.size());
  deflate(&stream, Z_FINISH);
  out.resize(stream.total_out);
  deflateEnd(&stream);
  return out;
}

// zip64: every size and place in 64 bits, as PyTorch writes large files
inline std::string zip(const std::vector<Entry>& entries, bool zip64 = false) {
  std::string out, directory;
  for (const Entry& e : entries) {
    const std::string packed = e.deflate ? deflated(e.data) : e.data;
    const std::string crc = le(crc32(0, reinterpret_cast<const Bytef*>(e.data.data()), static_cast<uInt>(e.data.size())), 4);
    const std::string method = le(e.deflate ? 8 : 0, 2), padding = "FB" + le(5, 2) + "ZZZZZ";  // PyTorch aligns so; the directory does not tell
    const std::uint64_t at = out.size();
    out += "PK\x03\x04" + le(20, 2) + le(0, 2) + method + le(0, 4) + crc + le(packed.size(), 4) + le(e.data.size(), 4) + le(e.name.size(), 2) + le(padding.size(), 2) + e.name + padding + packed;
    const std::string extra = zip64 ? le(1, 2) + le(24, 2) + le(e.data.size(), 8) + le(packed.size(), 8) + le(at, 8) : "";
    directory += "PK\x01\x02" + le(20, 2) + le(20, 2) + le(0, 2) + method + le(0, 4) + crc + le(zip64 ? 0xFFFFFFFF : packed.size(), 4) + le(zip64 ? 0xFFFFFFFF : e.data.size(), 4) +
                 le(e.name.size(), 2) + le(extra.size(), 2) + le(0, 2) + le(0, 2) + le(0, 2) + le(0, 4) + le(zip64 ? 0xFFFFFFFF : at, 4) + e.name + extra;
  }
  const std::uint64_t at = out.size(), end64 = at + directory.size();
  out += directory;
  if (zip64)
    out += "PK\x06\x06" + le(44, 8) + le(45, 2) + le(45, 2) + le(0, 4) + le(0, 4) + le(entries.size(), 8) + le(entries.size(), 8) + le(directory.size(), 8) + le(at, 8) +
           "PK\x06\x07" + le(0, 4) + le(end64, 8) + le(1, 4);
  return out + "PK\x05\x06" + le(0, 2) + le(0, 2) + le(zip64 ? 0xFFFF : entries.size(), 2) + le(zip64 ? 0xFFFF : entries.size(), 2) + le(zip64 ? 0xFFFFFFFF : directory.size(), 4) +
         le(zip64 ? 0xFFFFFFFF : at, 4) + le(0, 2);
}

// A file as torch.save writes it: the pickle of `body`, and storages by key with so many bytes.
inline std::string file(const std::string& body, const std::vector<std::pair<std::string, std::size_t>>& storages, bool zip64 = false) {
  std::vector<Entry> entries{{"archive/data.pkl", pickle(body)}, {"archive/byteorder", "little"}};
  for (const auto& [key, size] : storages) entries.push_back({"archive/data/" + key, std::string(size, '\0')});
  entries.push_back({"archive/version", "3\n"});
  return zip(entries, zip64);
}
// {name: F32 [4]}
inline std::string small(const std::string& name) { return file(dict({{name, tensor(storage("FloatStorage", "0", 4), {4}, {1})}}), {{"0", 16}}); }

// Before zip: five pickles, then every storage with its number of elements.
inline std::string legacy(const std::string& body, const std::string& keys, const std::string& data) {
  return pickle("\x8a\x0a" + std::string("\x6c\xfc\x9c\x46\xf9\x20\x6a\xa8\x50\x19")) + pickle("M" + le(1001, 2)) + pickle(dict({{"little_endian", "\x88"}})) + pickle(body) + pickle(keys) + data;
}

}  // namespace formats::torch
