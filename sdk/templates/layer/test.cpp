// Usage: test PLUGIN.so
#include <modelsig/testing/loaded_plugin.hpp>

#include <iostream>

using namespace ms::testing;

static int failures = 0;
static void expect(const std::string& what, const std::string& found, const std::string& wanted) {
  if (found == wanted) return;
  ++failures;
  std::cerr << what << ": found " << found << ", expected " << wanted << "\n";
}

int main(int, char** argv) {
  LoadedPlugin plugin(argv[1]);
  FakeHost host;
  host.tensors.push_back({"embed", "BF16", "", "", {8, 4}, 0, 64, 0, 0, {}, {}, {}, {}});
  host.tensors.push_back({"norm", "F32", "", "", {4}, 64, 16, 1, 0, {}, {}, {}, {}});
  for (const auto& [smallest, wanted] : {std::pair(1, R"({"tensors": 2, "parameters": 36, "largest": "embed"})"), std::pair(5, R"({"tensors": 1, "parameters": 32, "largest": "embed"})")}) {
    Instance<ms_layer> layer(host, plugin.role("@ROLE@"), Value::object({{"smallest", smallest}}));
    ValueWriter out;
    expect("status", std::to_string(layer->run(layer.self(), host.call(), host.model(), nullptr, out.raw())), "0");
    expect("section", out.value().text(), wanted);
  }
  return failures;
}
