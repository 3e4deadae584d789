// Any bytes as an ONNX model, with the rules of this tree. The first byte chooses: bit 0 a store that does not know
// the file's size, bit 1 external data beside it.
#include <modelsig/testing/loaded_plugin.hpp>

#include <cstdlib>

#include "tests/support/rules_host.hpp"

using namespace ms::testing;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size == 0) return 0;
  static modelsig::testing::RulesHost host;  // one for all inputs: its rules are many
  host.files.clear();
  host.tensors.clear();
  host.parts.clear();
  host.problems.clear();
  host.reads.clear();
  host.failure.clear();
  host.threads = 1;
  const std::size_t bytes = size - 1;
  host.add_file("onnx/model.onnx", std::string(reinterpret_cast<const char*>(data) + 1, bytes)).size_known = !(data[0] & 1);
  if (data[0] & 2) host.add_sparse_file("onnx/model.onnx_data", "", 1u << 20);
  Instance<ms_format> format(host, modelsig_plugin_v1.roles[0], Value::object({{"max_nodes", 20000}}));
  const ms_status status = format->parse(format.self(), host.call(), host.repo(), host.model());
  host.close_parts();
  if (status != MS_OK && host.failure.empty()) std::abort();  // no sentence
  if (status != MS_OK && host.failure == "out of memory") std::abort();
  for (const auto& tensor : host.tensors) {
    if (tensor.file == "onnx/model.onnx" && tensor.size != MS_SIZE_UNKNOWN && tensor.offset > bytes) std::abort();  // outside the file
    if ((tensor.flags & MS_TENSOR_COMPANION) && tensor.of.empty()) std::abort();                              // of nothing
  }
  return 0;
}
