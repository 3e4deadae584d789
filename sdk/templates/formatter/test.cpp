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
  Instance<ms_formatter> formatter(host, plugin.role("@ROLE@"), Value::object({{"separator", ";"}}));
  const Value report = Value::object({{"models", Value::object({{"a \"b\"", Value::object({{"complete", true}, {"static_weight_signature", Value::object({{"x", 1}})}})}})}});
  std::string text;
  const ms_sink sink{&text, [](void* ctx, const std::uint8_t* data, std::size_t size) -> ms_status {
                       static_cast<std::string*>(ctx)->append(reinterpret_cast<const char*>(data), size);
                       return MS_OK;
                     }};
  expect("status", std::to_string(formatter->format(formatter.self(), host.call(), FakeHostTable::node(&report), sink)), "0");
  expect("text", text, "model;complete;groups\n\"a \"\"b\"\"\";true;1\n");
  return failures;
}
