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

static std::string section(LoadedPlugin& plugin, FakeHost& host, int boundary) {
  Instance<ms_layer> layer(host, plugin.role("layer.alignment"), Value::object({{"boundary", boundary}, {"shown", 1}}));
  ValueWriter out;
  expect("status", std::to_string(layer->run(layer.self(), host.call(), host.model(), nullptr, out.raw())), "0");
  return out.value().text();
}

int main(int, char** argv) {
  LoadedPlugin plugin(argv[1]);
  FakeHost host;
  host.add_file("model.safetensors", std::string(512, '\0'));
  const auto tensor = [&](const char* name, std::uint64_t offset, bool stored) {
    host.tensors.push_back({name, "BF16", "", stored ? "model.safetensors" : "", {4}, offset, 8, 0, 0, {}, {}, {}, {}});
  };
  tensor("even", 128, true);
  tensor("odd", 136, true);
  tensor("odd too", 200, true);
  tensor("nowhere", 3, false);
  expect("at 64", section(plugin, host, 64), R"({"boundary": 64, "first_odd": ["odd"], "stored": 3, "odd": 2, "odd_bytes": 16})");
  expect("at 8", section(plugin, host, 8), R"({"boundary": 8, "first_odd": [], "stored": 3, "odd": 0, "odd_bytes": 0})");
  return failures;
}
