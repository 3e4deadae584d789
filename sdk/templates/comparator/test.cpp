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
  Instance<ms_comparator> comparator(host, plugin.role("@ROLE@"), Value::object({{"section", "names"}}));
  const Value a = Value::object({{"names", Value::object({{"embed", 1}, {"norm", 1}, {"head", 1}})}}), b = Value::object({{"names", Value::object({{"norm", 1}, {"bias", 1}})}});
  void *first = nullptr, *second = nullptr;
  comparator->prepare(comparator.self(), host.call(), FakeHostTable::node(&a), &first);
  comparator->prepare(comparator.self(), host.call(), FakeHostTable::node(&b), &second);
  ValueWriter out;
  expect("status", std::to_string(comparator->compare(comparator.self(), host.call(), first, second, nullptr, out.raw())), "0");
  expect("section", out.value().text(), R"({"shared": 1, "only_in_a": 2, "only_in_b": 1})");
  comparator->release(comparator.self(), second);
  comparator->release(comparator.self(), first);
  return failures;
}
