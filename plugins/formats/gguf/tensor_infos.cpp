#include <algorithm>
#include <unordered_set>

#include "header_reader.hpp"
#include "reader.hpp"
#include "text.hpp"

namespace gguf {

namespace {

constexpr std::uint64_t LONGEST_NAME = 63;   // llama.cpp keeps 64 bytes, one of them the end
constexpr std::uint32_t MOST_AXES = 4;
constexpr std::uint64_t MOST = INT64_MAX;
constexpr std::uint64_t TYPICAL_INFO = 80;   // bytes, for the size of the next window

// Bytes of the data; MS_SIZE_UNKNOWN if the type's are not known.
std::uint64_t data_size(const Window& in, const TensorInfo& tensor, const TensorType* type) {
  std::uint64_t elements = 1, rows = 1;
  for (std::size_t i = 0; i < tensor.shape.size(); ++i) {
    const std::uint64_t axis = tensor.shape[i];
    if (axis > MOST) in.fail("tensor " + quoted(tensor.name) + " has a negative axis");
    if (axis && elements > MOST / axis) in.fail("tensor " + quoted(tensor.name) + " has more weights than 64-bit numbers can count");
    elements *= axis;
    if (i + 1 < tensor.shape.size()) rows *= axis;
  }
  if (!type || !type->block || !type->bytes) return MS_SIZE_UNKNOWN;
  const std::uint64_t row = tensor.shape.empty() ? 1 : tensor.shape.back();
  if (row % type->block)
    in.fail("tensor " + quoted(tensor.name) + " has rows of " + std::to_string(row) + ", but " + type->name + " packs blocks of " + std::to_string(type->block));
  const std::uint64_t blocks = row / type->block * rows;
  if (blocks > MOST / type->bytes) in.fail("tensor " + quoted(tensor.name) + " has more bytes than 64-bit numbers can count");
  return blocks * type->bytes;
}

std::uint64_t padded(std::uint64_t size, std::uint64_t alignment) { return (size + alignment - 1) / alignment * alignment; }

}  // namespace

void read_tensor_infos(Reader& in, std::uint64_t count, const TypeTable& types, Header& out) {
  std::unordered_set<std::string> seen;
  std::uint64_t next = 0;
  bool placed = true;  // false behind a tensor whose size is not known: what follows it may begin anywhere
  for (std::uint64_t i = 0; i < count; ++i) {
    in.in.expect((count - i) * TYPICAL_INFO);
    TensorInfo tensor;
    tensor.name = in.text(LONGEST_NAME, "a tensor's name");
    if (!seen.insert(tensor.name).second) in.in.fail("tensor " + quoted(tensor.name) + " is there twice");
    const std::uint32_t rank = in.u32("a tensor's description");
    if (rank > MOST_AXES) in.in.fail("tensor " + quoted(tensor.name) + " has " + std::to_string(rank) + " axes, at most " + std::to_string(MOST_AXES) + " are possible");
    for (std::uint32_t axis = 0; axis < rank; ++axis) tensor.shape.push_back(in.count("a tensor's description"));
    while (tensor.shape.size() > 1 && tensor.shape.back() == 1) tensor.shape.pop_back();  // padding, as logs of llama.cpp have it
    std::reverse(tensor.shape.begin(), tensor.shape.end());
    tensor.type = in.u32("a tensor's description");
    tensor.offset = in.u64("a tensor's description");
    tensor.size = data_size(in.in, tensor, types.find(tensor.type));
    if (tensor.offset > MOST || tensor.offset % out.alignment)
      in.in.fail("tensor " + quoted(tensor.name) + " begins at " + std::to_string(tensor.offset) + " of the data, which is no multiple of the alignment " + std::to_string(out.alignment));
    if (placed && tensor.offset != next)
      in.in.fail("tensor " + quoted(tensor.name) + " begins at " + std::to_string(tensor.offset) + " of the data, but the one before it ends at " + std::to_string(next));
    placed = tensor.size != MS_SIZE_UNKNOWN;
    if (placed && tensor.size > MOST - tensor.offset - out.alignment) in.in.fail("the tensors up to " + quoted(tensor.name) + " have more bytes than 64-bit numbers can count");
    next = tensor.offset + (placed ? padded(tensor.size, out.alignment) : 0);
    out.data_end = tensor.offset + (placed ? tensor.size : 0);
    out.tensors.push_back(std::move(tensor));
  }
  out.data_start = padded(in.in.position(), out.alignment);
  for (TensorInfo& tensor : out.tensors) {
    if (tensor.offset > UINT64_MAX / 2 - out.data_start) in.in.fail("tensor " + quoted(tensor.name) + " is past the end of any file");
    tensor.offset += out.data_start;
  }
  out.data_end += out.data_start;
}

}  // namespace gguf
