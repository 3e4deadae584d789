// Any bytes as a safetensors file, as its header, or as the index of two small shards. The first byte chooses:
// bit 0 strict, bits 1-2 the place.
#include <modelsig/testing/loaded_plugin.hpp>

#include <cstdlib>

using namespace ms::testing;

namespace {

enum Place { FILE_BYTES, HEADER, INDEX, SHARDS };

std::string shard(std::string_view header, std::size_t data) {
  std::string out(8, '\0');
  for (std::size_t i = 0; i < 4; ++i) out[i] = static_cast<char>(header.size() >> (8 * i) & 0xFF);
  return out.append(header).append(std::string(data, '\0'));
}

void add_files(FakeHost& host, Place place, const std::string& bytes) {
  constexpr std::string_view SMALL = R"({"a":{"dtype":"U8","shape":[2],"data_offsets":[0,2]}})";
  switch (place) {
    case FILE_BYTES: host.add_file("model.safetensors", bytes); break;
    case HEADER: {
      const std::string file = shard(bytes, 0);
      host.add_sparse_file("model.safetensors", file, file.size() + 64);
      break;
    }
    case INDEX:
      host.add_file("model.safetensors.index.json", bytes);
      host.add_file("s1.safetensors", shard(SMALL, 2));
      host.add_file("s2.safetensors", shard(SMALL, 2)).size_known = false;
      break;
    case SHARDS:
      host.add_file("model-1-of-2.safetensors", shard(SMALL, 2));
      host.add_file("model-2-of-2.safetensors", shard(bytes, 2)).size_known = false;
      break;
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size == 0) return 0;
  const bool strict = data[0] & 1;
  FakeHost host;
  add_files(host, static_cast<Place>(data[0] >> 1 & 3), std::string(reinterpret_cast<const char*>(data) + 1, size - 1));
  host.threads = 1;
  Instance<ms_format> format(host, modelsig_plugin_v1.roles[0], Value::object({{"strict", strict}}));
  const ms_status status = format->parse(format.self(), host.call(), host.repo(), host.model());
  if (status != MS_OK && host.failure.empty()) std::abort();  // no sentence
  for (const auto& tensor : host.tensors) {
    const auto file = std::find_if(host.files.begin(), host.files.end(), [&](const auto& f) { return f.name == tensor.file; });
    if (strict && tensor.offset + tensor.size > file->size && file->size != file->bytes.size()) std::abort();  // outside the file
  }
  return 0;
}
