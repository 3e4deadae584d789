#include "tools/checkpoint_writer/checkpoint_writer.hpp"

#include <modelsig/kit/safetensors_dtype.hpp>

#include <algorithm>
#include <cstdio>
#include <fstream>
#include <stdexcept>
#include <unordered_set>

namespace fs = std::filesystem;

namespace modelsig::checkpoint {
namespace {

constexpr std::string_view MARK = R"({"__metadata__":{"format":"pt","made_by":"modelsig: no weights inside"})";
constexpr std::string_view SUFFIX = ".safetensors";
constexpr std::string_view INDEX = "model.safetensors.index.json";
constexpr std::size_t LENGTH_BYTES = 8;
constexpr std::size_t ALIGNMENT = 8;

std::string json_text(std::string_view text) {
  std::string out(1, '"');
  for (char c : text) {
    char escaped[8];
    if (c == '"' || c == '\\') out.append(1, '\\').append(1, c);
    else if (static_cast<unsigned char>(c) < 0x20) out.append(escaped, static_cast<std::size_t>(std::snprintf(escaped, sizeof escaped, "\\u%04x", static_cast<unsigned>(c))));
    else out.push_back(c);
  }
  return out.append("\"");
}

std::string member(const Tensor& tensor, std::uint64_t begin, std::uint64_t end) {
  std::string out = json_text(tensor.name).append(":{\"dtype\":").append(json_text(tensor.dtype)).append(",\"shape\":[");
  for (std::size_t i = 0; i < tensor.shape.size(); ++i) out.append(i ? "," : "").append(std::to_string(tensor.shape[i]));
  return out.append("],\"data_offsets\":[").append(std::to_string(begin)).append(",").append(std::to_string(end)).append("]}");
}

void write_shard(const fs::path& path, std::span<const Tensor> tensors) {
  std::string header(MARK);
  std::uint64_t data = 0;
  for (const Tensor& tensor : tensors) {
    const std::uint64_t size = size_of(tensor);
    header.append(",").append(member(tensor, data, data + size));
    data += size;
  }
  header.append("}");
  header.append((ALIGNMENT - header.size() % ALIGNMENT) % ALIGNMENT, ' ');
  std::string length(LENGTH_BYTES, '\0');
  for (std::size_t i = 0; i < LENGTH_BYTES; ++i) length[i] = static_cast<char>(header.size() >> (8 * i) & 0xFF);
  std::ofstream out(path, std::ios::binary | std::ios::trunc);
  if (!(out << length << header).flush()) throw std::runtime_error(path.string() + ": cannot be written");
  out.close();
  fs::resize_file(path, LENGTH_BYTES + header.size() + data);  // the rest is a hole
}

bool made_by_us(const fs::path& path) {
  std::string start(LENGTH_BYTES + MARK.size(), '\0');
  std::ifstream(path, std::ios::binary).read(start.data(), static_cast<std::streamsize>(start.size()));
  return std::string_view(start).substr(LENGTH_BYTES) == MARK;
}

void clear(const fs::path& folder) {
  std::vector<fs::path> old;
  for (const auto& entry : fs::directory_iterator(folder)) {
    if (entry.path().extension() != SUFFIX) continue;
    if (!made_by_us(entry.path()))
      throw std::runtime_error(entry.path().string() + ": is there already and may hold weights: give another folder, or remove it");
    old.push_back(entry.path());
  }
  if (!old.empty()) old.push_back(folder / INDEX);
  for (const fs::path& path : old) fs::remove(path);
}

std::vector<std::span<const Tensor>> split(std::span<const Tensor> tensors, std::uint64_t shard_size) {
  std::vector<std::span<const Tensor>> shards;
  std::size_t begin = 0;
  std::uint64_t used = 0;
  for (std::size_t i = 0; i < tensors.size(); ++i) {
    const std::uint64_t size = size_of(tensors[i]);
    if (shard_size && i > begin && used + size > shard_size) {
      shards.push_back(tensors.subspan(begin, i - begin));
      begin = i;
      used = 0;
    }
    used += size;
  }
  shards.push_back(tensors.subspan(begin));
  return shards;
}

std::string shard_name(std::size_t index, std::size_t count) {
  if (count == 1) return "model.safetensors";
  char name[64];
  std::snprintf(name, sizeof name, "model-%05zu-of-%05zu.safetensors", index + 1, count);
  return name;
}

}  // namespace

std::uint64_t size_of(const Tensor& tensor) {
  std::uint64_t bits = ms::safetensors_bits(tensor.dtype);
  if (bits == 0) throw std::runtime_error(tensor.name + ": dtype '" + tensor.dtype + "' is not one of the safetensors format");
  if (std::find(tensor.shape.begin(), tensor.shape.end(), 0u) != tensor.shape.end()) return 0;
  for (std::uint64_t axis : tensor.shape)
    if (__builtin_mul_overflow(bits, axis, &bits)) throw std::runtime_error(tensor.name + ": its size does not fit 64 bits");
  if (bits % 8) throw std::runtime_error(tensor.name + ": " + std::to_string(bits) + " bits are not a whole number of bytes");
  return bits / 8;
}

Written write(const fs::path& folder, std::span<const Tensor> tensors, std::uint64_t shard_size) {
  Written out;
  std::unordered_set<std::string_view> names;
  for (const Tensor& tensor : tensors) {
    if (!names.insert(tensor.name).second) throw std::runtime_error(tensor.name + ": is there twice");
    if (__builtin_add_overflow(out.bytes, size_of(tensor), &out.bytes)) throw std::runtime_error("all tensors together do not fit 64 bits");
  }
  fs::create_directories(folder);
  clear(folder);
  const auto shards = split(tensors, shard_size);
  std::string map;
  for (std::size_t i = 0; i < shards.size(); ++i) {
    const std::string& file = out.files.emplace_back(shard_name(i, shards.size()));
    write_shard(folder / file, shards[i]);
    for (const Tensor& tensor : shards[i]) map.append(map.empty() ? "" : ",").append("\n    ").append(json_text(tensor.name)).append(": ").append(json_text(file));
  }
  if (shards.size() == 1) return out;
  std::ofstream index(folder / INDEX, std::ios::trunc);
  index << "{\n  \"metadata\": {\"total_size\": " << out.bytes << "},\n  \"weight_map\": {" << map << "\n  }\n}\n";
  if (!index.flush()) throw std::runtime_error((folder / INDEX).string() + ": cannot be written");
  return out;
}

}  // namespace modelsig::checkpoint
