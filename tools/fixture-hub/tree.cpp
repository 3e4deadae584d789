#include "tree.hpp"

#include <algorithm>
#include <cstdio>

namespace fs = std::filesystem;

namespace fixture {
namespace {

constexpr std::uint64_t large_from = 10u << 20;

bool is_large(const std::string& name, std::uint64_t size) {
  for (const char* suffix : {".safetensors", ".gguf", ".bin", ".onnx", ".pt", ".data"})
    if (name.ends_with(suffix)) return true;
  return size >= large_from && !name.ends_with(".json");
}

std::uint64_t fnv(std::string_view text, std::uint64_t seed) {
  for (const char c : text) seed = (seed ^ static_cast<unsigned char>(c)) * 0x100000001b3u;
  return seed;
}

}  // namespace

std::string hex40(std::string_view text) {
  char out[49];
  std::snprintf(out, sizeof out, "%016llx%016llx%016llx", static_cast<unsigned long long>(fnv(text, 0xcbf29ce484222325u)),
                static_cast<unsigned long long>(fnv(text, 0x84222325cbf29ce4u)), static_cast<unsigned long long>(fnv(text, 1)));
  return std::string(out, 40);
}

const ServedFile* ServedModel::find(std::string_view name) const {
  const auto at = std::find_if(files.begin(), files.end(), [&](const ServedFile& file) { return file.name == name; });
  return at == files.end() ? nullptr : &*at;
}

bool Tree::exists(const std::string& id) const {
  return !id.empty() && id.find("..") == id.npos && fs::is_directory(root_ / id);
}

ServedModel Tree::load(const std::string& id, const fs::path& folder) const {
  ServedModel out{id, "", folder, {}};
  for (const auto& entry : fs::recursive_directory_iterator(folder))
    if (entry.is_regular_file()) {
      std::string name = entry.path().lexically_relative(folder).generic_string();
      const auto size = entry.file_size();
      const bool large = is_large(name, size);
      out.files.push_back({std::move(name), size, large});
    }
  std::sort(out.files.begin(), out.files.end(), [](const ServedFile& a, const ServedFile& b) { return a.name < b.name; });
  std::string text = folder.lexically_relative(root_).generic_string();
  for (const auto& file : out.files) text += "\n" + file.name + " " + std::to_string(file.size);
  out.commit = hex40(text);
  return out;
}

std::optional<ServedModel> Tree::find(const std::string& id, const std::string& revision) const {
  if (!exists(id) || revision.find("..") != revision.npos) return std::nullopt;
  const fs::path folder = root_ / id;
  if (revision == "main") return load(id, folder);
  if (fs::is_directory(folder.string() + "@" + revision)) return load(id, folder.string() + "@" + revision);
  const std::string prefix = folder.filename().string() + "@";
  for (const auto& entry : fs::directory_iterator(folder.parent_path()))
    if (entry.path() == folder || entry.path().filename().string().starts_with(prefix))
      if (auto model = load(id, entry.path()); model.commit == revision) return model;
  return std::nullopt;
}

}  // namespace fixture
