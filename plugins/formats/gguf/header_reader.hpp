// A GGUF file up to its weights.
//   "GGUF", version u32, tensors, entries; the entries (key, value); the tensors (name, rank u32, axes, type u32, offset u64)
// Counts are u32 in version 1, u64 behind it. The byte order is not written: a version whose low half is empty is turned round.
#pragma once
#include "metadata.hpp"
#include "type_table.hpp"
#include "window.hpp"

namespace gguf {

struct TensorInfo {
  std::string name;
  std::vector<std::uint64_t> shape;    // outermost first
  std::uint32_t type = 0;
  std::uint64_t offset = 0;            // in the file
  std::uint64_t size = MS_SIZE_UNKNOWN;
};

struct Header {
  std::uint32_t version = 0;
  bool big_endian = false;
  std::uint64_t alignment = 32, data_start = 0, file_size = MS_SIZE_UNKNOWN;
  std::uint64_t data_end = 0;          // in the file, as far as the types' sizes are known
  Metadata metadata;
  std::vector<TensorInfo> tensors;
};

struct Limits { std::uint64_t longest_array; };

// Throws ms::Error, one sentence with file and byte.
Header read_header(Window& in, const TypeTable& types, const Limits& limits);

struct Reader;
void read_metadata(Reader& in, std::uint64_t count, const Limits& limits, Header& out);
void read_tensor_infos(Reader& in, std::uint64_t count, const TypeTable& types, Header& out);

}  // namespace gguf
