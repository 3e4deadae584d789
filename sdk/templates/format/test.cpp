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
  const auto parse = [&](FakeHost& host) {
    Instance<ms_format> format(host, plugin.role("@ROLE@"), Value::object({{"max_bytes", 1000}}));
    std::int32_t score = -1;
    format->probe(format.self(), host.call(), host.repo(), &score);
    expect("score", std::to_string(score), "90");
    return std::to_string(format->parse(format.self(), host.call(), host.repo(), host.model()));
  };
  FakeHost good;
  good.add_file("model.@NAME@", "wte BF16 50257x768\n\nnorm F32 768\n");
  expect("status", parse(good), "0");
  expect("tensors", std::to_string(good.tensors.size()), "2");
  if (good.tensors.size() == 2) {
    expect("name", good.tensors[0].name + " " + good.tensors[0].dtype, "wte BF16");
    expect("shape", std::to_string(good.tensors[0].shape.size()) + " " + std::to_string(good.tensors[0].shape.at(1)), "2 768");
  }
  FakeHost bad;
  bad.add_file("model.@NAME@", "wte BF16 50257x768\nnorm F32 many\n");
  expect("status", parse(bad), std::to_string(MS_DATA_LOSS));
  expect("failure", bad.failure, "model.@NAME@:2: expected a name, a dtype and a shape, as 'wte BF16 50257x768'");
  return failures;
}
