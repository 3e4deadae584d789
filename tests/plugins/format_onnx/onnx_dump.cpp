// Prints what format.onnx makes of a file as JSON, for a comparison with another reader.
#include <fstream>
#include <iostream>
#include <iterator>

#include "onnx_plugin.hpp"

int main(int argc, char** argv) {
  using namespace onnx_test;
  if (argc != 2) return 1;
  std::ifstream in(argv[1], std::ios::binary);
  Host host;
  host.add_file("model.onnx", {std::istreambuf_iterator<char>(in), {}});
  if (parse(host) != MS_OK) {
    std::cerr << host.failure << "\n";
    return 1;
  }
  Value out = Value::object(), tensors, types = Value::object();
  tensors.kind = '[';
  for (const auto& t : host.tensors) {
    Value shape;
    shape.kind = '[';
    for (const std::uint64_t axis : t.stored.empty() ? t.shape : t.stored) shape.items.emplace_back(axis);
    tensors.items.push_back(Value::object({{"name", t.name}, {"dtype", t.dtype}, {"stored", shape}, {"shared", (t.flags & MS_TENSOR_SHARED) != 0}}));
  }
  for (const Value& rule : host.rules.at("onnx_dtype").items) {
    std::string exact, value;
    for (const auto& [key, v] : rule.members) {
      if (key == "exact") exact = v.string;
      if (key == "value") value = v.string;
    }
    types.members.emplace_back(exact, value);
  }
  out.members = {{"tensors", tensors}, {"graph", host.parts.at("graph")}, {"types", types}};
  std::cout << out.text() << "\n";
}
