// Usage: test PLUGIN.so
#include <modelsig/testing/loaded_plugin.hpp>

#include <iostream>

using namespace ms::testing;

static int failures = 0;
static void expect(const std::string& what, const std::string& found, const std::string& wanted) {
  if (found == wanted) return;
  ++failures;
  std::cerr << what << ": found\n" << found << "expected\n" << wanted << "\n";
}

int main(int, char** argv) {
  LoadedPlugin plugin(argv[1]);
  FakeHost host;
  Instance<ms_formatter> formatter(host, plugin.role("formatter.dot"), Value::object({{"direction", "TB"}}));
  const auto verdict = [](const char* word) { return Value::object({{"verdict", word}}); };
  const Value report = Value::object({{"models", Value::object({{"a \"b\"", Value::object({{"complete", true}})}, {"c", Value::object({{"complete", false}})}})},
                                      {"coverage_matrix", Value::object({{"a \"b\"|c", Value::object({{"stand_in", Value::object({{"a_for_b", verdict("PARTIAL_SUBSTITUTE")}, {"b_for_a", verdict("NO_SUBSTITUTE")}})}})}})}});
  std::string text;
  const ms_sink sink{&text, [](void* ctx, const std::uint8_t* data, std::size_t size) -> ms_status {
                       static_cast<std::string*>(ctx)->append(reinterpret_cast<const char*>(data), size);
                       return MS_OK;
                     }};
  expect("status", std::to_string(formatter->format(formatter.self(), host.call(), FakeHostTable::node(&report), sink)), "0");
  expect("graph", text,
         "digraph stand_ins {\n  rankdir = TB;\n  node [shape = box];\n  \"a \\\"b\\\"\";\n  \"c\" [style = dashed];\n"
         "  \"a \\\"b\\\"\" -> \"c\" [label = \"PARTIAL_SUBSTITUTE\", style = dotted];\n}\n");
  return failures;
}
