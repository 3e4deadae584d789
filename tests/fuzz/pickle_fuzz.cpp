// Any bytes as a PyTorch file, as the pickle of a sound zip archive (stored or deflated), or as the object of a legacy
// file. The first byte chooses the place.
#include <modelsig/testing/loaded_plugin.hpp>

#include <cstdlib>

#include "tests/plugins/formats/torch_bytes.hpp"

using namespace ms::testing;
namespace torch = formats::torch;

namespace {

enum Place { FILE_BYTES, PICKLE, LEGACY, DIRECTORY };

std::string file(Place place, const std::string& bytes, bool deflate) {
  switch (place) {
    case PICKLE: return torch::zip({{"a/data.pkl", bytes, deflate}, {"a/data/0", std::string(64, '\0')}}, deflate);
    case LEGACY: return torch::legacy(bytes, "](" + torch::text("0") + "e", torch::le(16, 8) + std::string(64, '\0'));
    case DIRECTORY: return "PK\x03\x04" + bytes + "PK\x05\x06" + torch::le(0, 4) + torch::le(1, 2) + torch::le(1, 2) + torch::le(bytes.size(), 4) + torch::le(4, 4) + torch::le(0, 2);
    default: return bytes;
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size == 0) return 0;
  FakeHost host;
  host.add_file("pytorch_model.bin", file(static_cast<Place>(data[0] & 3), std::string(reinterpret_cast<const char*>(data) + 1, size - 1), data[0] & 4)).size_known = data[0] & 8;
  host.threads = 1;
  const auto texts = [](std::initializer_list<const char*> list) {
    Value out = Value::list();
    for (const char* t : list) out.items.emplace_back(t);
    return out;
  };
  Instance<ms_format> format(host, modelsig_plugin_v1.roles[0],
                             Value::object({{"state", texts({"state_dict", "model"})}, {"ignore", texts({})}, {"allow", texts({"a.b"})}, {"max_pickle", std::uint64_t{1} << 20}}));
  const ms_status status = format->parse(format.self(), host.call(), host.repo(), host.model());
  if (status != MS_OK && host.failure.empty()) std::abort();  // no sentence
  if (status == MS_OK && host.tensors.empty()) std::abort();  // nothing, and nobody says so
  for (const auto& tensor : host.tensors)
    if (tensor.offset != MS_SIZE_UNKNOWN && tensor.size != MS_SIZE_UNKNOWN && tensor.offset + tensor.size > host.files[0].size) std::abort();  // outside the file
  return 0;
}
