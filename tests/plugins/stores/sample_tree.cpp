#include "sample_tree.hpp"

#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <vector>

namespace modelsig::testing {

TempFolder::TempFolder() {
  std::string name = (fs::temp_directory_path() / "modelsig-hub-XXXXXX").string();
  if (!::mkdtemp(name.data())) throw std::runtime_error("mkdtemp " + name);
  path_ = name;
}

TempFolder::~TempFolder() {
  std::error_code ignored;
  fs::remove_all(path_, ignored);
}

void write_text(const fs::path& path, std::string_view text) {
  fs::create_directories(path.parent_path());
  std::ofstream(path, std::ios::binary).write(text.data(), static_cast<std::streamsize>(text.size()));
}

std::uint8_t sample_byte(std::string_view file_name, std::uint64_t offset) {
  std::uint64_t x = offset * 0x9E3779B97F4A7C15u + file_name.size() + static_cast<unsigned char>(file_name[file_name.size() / 2]);
  x ^= x >> 31;
  return static_cast<std::uint8_t>(x * 0xBF58476D1CE4E5B9u >> 56);
}

void write_sparse(const fs::path& path, std::uint64_t header, std::uint64_t size) {
  std::string bytes(header, '\0');
  const std::string name = path.filename().string();
  for (std::uint64_t i = 0; i < header; ++i) bytes[i] = static_cast<char>(sample_byte(name, i));
  write_text(path, bytes);
  fs::resize_file(path, size);
}

std::string shard_name(int number, int of) {
  char name[64];
  std::snprintf(name, sizeof name, "model-%05d-of-%05d.safetensors", number, of);
  return name;
}

void write_model(const fs::path& root, const std::string& id, int shards) {
  write_text(root / id / "config.json", R"({"model_type": "sample", "hidden_size": 64})");
  std::string index = R"({"metadata": {}, "weight_map": {)";
  for (int i = 1; i <= shards; ++i) {
    write_sparse(root / id / shard_name(i, shards), header_bytes, shard_size);
    index += (i > 1 ? ", " : "") + std::string("\"layer.") + std::to_string(i) + "\": \"" + shard_name(i, shards) + "\"";
  }
  write_text(root / id / "model.safetensors.index.json", index + "}}");
}

std::string all_bytes(const fs::path& folder) {
  std::string out;
  std::error_code error;
  for (const auto& entry : fs::recursive_directory_iterator(folder, error)) {
    out += entry.path().string() + "\n";
    if (!entry.is_regular_file()) continue;
    std::ifstream in(entry.path(), std::ios::binary);
    out.append(std::istreambuf_iterator<char>(in), {});
  }
  return out;
}

}  // namespace modelsig::testing
