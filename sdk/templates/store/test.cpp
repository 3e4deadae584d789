// Usage: test PLUGIN.so
#include <modelsig/testing/loaded_plugin.hpp>
#include <unistd.h>

#include <iostream>

using namespace ms::testing;

static int failures = 0;
static void expect(const std::string& what, const std::string& found, const std::string& wanted) {
  if (found == wanted) return;
  ++failures;
  std::cerr << what << ": found " << found << ", expected " << wanted << "\n";
}

#include <filesystem>
#include <fstream>

int main(int, char** argv) {
  LoadedPlugin plugin(argv[1]);
  const std::string path = (std::filesystem::temp_directory_path() / ("@NAME@_test_" + std::to_string(::getpid()))).string();
  std::ofstream(path) << "0123456789";
  FakeHost host;
  Instance<ms_store> store(host, plugin.role("@ROLE@"), Value::object({{"max_bytes", 1000}}));
  void* repo = nullptr;
  const std::string uri = "@NAME@:" + path, name = path.substr(path.rfind('/') + 1);
  expect("open", std::to_string(store->open(store.self(), host.call(), {uri.data(), uri.size()}, &repo)), "0");
  ValueWriter files;
  expect("list", std::to_string(store->list(store.self(), host.call(), repo, files.raw())), "0");
  expect("files", files.value().text(), "[{\"name\": \"" + name + "\", \"size\": 10}]");
  std::uint8_t bytes[8] = {};
  ms_range ranges[] = {{nullptr, {name.data(), name.size()}, 2, 3, bytes, 0, MS_SIZE_UNKNOWN, MS_INTERNAL, 0},
                       {nullptr, {name.data(), name.size()}, 8, 3, bytes + 3, 0, MS_SIZE_UNKNOWN, MS_INTERNAL, MS_RANGE_SHORT_OK},
                       {nullptr, {name.data(), name.size()}, 8, 3, bytes + 5, 0, MS_SIZE_UNKNOWN, MS_OK, 0}};
  store->read(store.self(), host.call(), repo, ranges, 3);
  expect("bytes", reinterpret_cast<const char*>(bytes), "23489");
  expect("a short range", std::to_string(ranges[1].got) + " " + std::to_string(ranges[1].status), "2 0");
  expect("a range past the end", std::to_string(ranges[2].status), std::to_string(MS_DATA_LOSS));
  store->close(store.self(), repo);
  std::filesystem::remove(path);
  const std::string gone = "@NAME@:/no/such/file";
  expect("a file that is not there", std::to_string(store->open(store.self(), host.call(), {gone.data(), gone.size()}, &repo)), std::to_string(MS_NOT_FOUND));
  return failures;
}
