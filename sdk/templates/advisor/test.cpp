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
  Instance<ms_advisor> advisor(host, plugin.role("@ROLE@"), Value::object({{"member", "mine"}}));
  const Value report = Value::object({{"models", Value::object({{"a", Value::object({{"complete", true}})}, {"b", Value::object({{"complete", false}})}})}});
  ValueWriter out;
  expect("status", std::to_string(advisor->advise(advisor.self(), host.call(), FakeHostTable::node(&report), out.raw())), "0");
  expect("members", out.value().text(), R"({"mine": {"models": 2, "incomplete": ["b"]}})");
  return failures;
}
