// What format.gguf makes of a file, a line each, for comparison with other readers:
//   tensor NAME TYPE AXES,OUTERMOST,FIRST       and       key NAME
#include <modelsig/testing/loaded_plugin.hpp>

#include <fstream>
#include <iostream>
#include <iterator>

#include "core/rules/rule_set.hpp"
#include "tests/support/paths.hpp"

int main(int argc, char** argv) {
  using namespace ms::testing;
  if (argc != 3) return 2;
  const std::filesystem::path rules[] = {argv[1]};
  const auto types = modelsig::RuleSet::load(rules);
  FakeHost host;
  std::vector<Value> rows;
  for (const modelsig::Value& type : types->table("ggml_type")->items())
    rows.push_back(Value::object({{"id", std::string(type["id"].str())}, {"number", type["number"].u64(0)}, {"block", type["block"].u64(0)}, {"bytes", type["bytes"].u64(0)}}));
  host.rules["ggml_type"] = Value::list(std::move(rows));
  std::ifstream in(argv[2], std::ios::binary);
  host.add_file("model.gguf", std::string(std::istreambuf_iterator<char>(in), {}));
  LoadedPlugin plugin(modelsig::testing::plugin_dir() / "format_gguf.so");
  Instance<ms_format> format(host, plugin.role("format.gguf"));
  if (format->parse(format.self(), host.call(), host.repo(), host.model()) != MS_OK) {
    std::cerr << host.failure << "\n";
    return 1;
  }
  host.close_parts();
  for (const auto& tensor : host.tensors) {
    std::cout << "tensor " << tensor.name << " " << tensor.dtype << " ";
    for (std::size_t i = 0; i < tensor.shape.size(); ++i) std::cout << (i ? "," : "") << tensor.shape[i];
    std::cout << "\n";
  }
  for (const auto& [key, value] : host.parts.at("gguf").find("metadata")->members) std::cout << "key " << key << "\n";
  return 0;
}
