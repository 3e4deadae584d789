// Usage: test PLUGIN.so
#include <modelsig/testing/loaded_plugin.hpp>
#include <unistd.h>

#include <cstdio>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <iostream>

using namespace ms::testing;

static int failures = 0;
static void expect(const std::string& what, const std::string& found, const std::string& wanted) {
  if (found == wanted) return;
  ++failures;
  std::cerr << what << ": found " << found << ", expected " << wanted << "\n";
}

// a member as tar writes it: name, size in octal, checksum, data in whole blocks
static std::string member(const std::string& name, const std::string& data, char kind = '0') {
  std::string header(512, '\0');
  header.replace(0, name.size(), name);
  char number[13];
  std::snprintf(number, sizeof number, "%011zo", data.size());
  header.replace(124, 11, number);
  header[156] = kind;
  header.replace(257, 5, "ustar");
  header.replace(148, 8, "        ");
  unsigned sum = 0;
  for (const unsigned char c : header) sum += c;
  std::snprintf(number, sizeof number, "%06o", sum);
  header.replace(148, 6, number);
  return header + data + std::string((512 - data.size() % 512) % 512, '\0');
}

int main(int, char** argv) {
  LoadedPlugin plugin(argv[1]);
  const std::string path = (std::filesystem::temp_directory_path() / ("tar_test_" + std::to_string(::getpid()))).string();
  const std::string uri = "tar://" + path, end(1024, '\0'), long_name = std::string(120, 'n') + ".bin";
  FakeHost host;
  Instance<ms_store> store(host, plugin.role("store.tar"), Value::object({{"max_members", 3}}));
  void* repo = nullptr;
  const auto open = [&](const std::string& bytes) {
    std::ofstream(path, std::ios::binary) << bytes;
    return std::to_string(store->open(store.self(), host.call(), {uri.data(), uri.size()}, &repo));
  };
  const std::string good = member("./config.json", "{}") + member("sub", "", '5') + member("sub/a.bin", "0123456789") + member("././@LongLink", long_name, 'L') + member("nnn", "x");
  expect("open", open(good + end), "0");
  ValueWriter files;
  expect("list", std::to_string(store->list(store.self(), host.call(), repo, files.raw())), "0");
  expect("files", files.value().text(), "[{\"name\": \"config.json\", \"size\": 2}, {\"name\": \"sub/a.bin\", \"size\": 10}, {\"name\": \"" + long_name + "\", \"size\": 1}]");
  std::uint8_t bytes[8] = {};
  const std::string name = "sub/a.bin", none = "b.bin";
  ms_range ranges[] = {{nullptr, {name.data(), name.size()}, 2, 3, bytes, 0, MS_SIZE_UNKNOWN, MS_INTERNAL, 0},
                       {nullptr, {name.data(), name.size()}, 8, 3, bytes + 3, 0, MS_SIZE_UNKNOWN, MS_INTERNAL, MS_RANGE_SHORT_OK},
                       {nullptr, {name.data(), name.size()}, 8, 3, bytes + 5, 0, MS_SIZE_UNKNOWN, MS_OK, 0},
                       {nullptr, {none.data(), none.size()}, 0, 1, bytes + 5, 0, MS_SIZE_UNKNOWN, MS_OK, 0}};
  store->read(store.self(), host.call(), repo, ranges, 4);
  expect("bytes", reinterpret_cast<const char*>(bytes), "23489");
  expect("a short range", std::to_string(ranges[1].got) + " " + std::to_string(ranges[1].status), "2 0");
  expect("a range past the end", std::to_string(ranges[2].status), std::to_string(MS_DATA_LOSS));
  expect("a member that is not there", std::to_string(ranges[3].status), std::to_string(MS_NOT_FOUND));
  store->close(store.self(), repo);

  const std::string lost = std::to_string(MS_DATA_LOSS);
  expect("no tar", open(std::string(2048, 'x')), lost);
  expect("cut short", open(good.substr(0, 3 * 512)), lost);
  expect("a size beyond the file", open(member("a", std::string(600, 'a')).substr(0, 1024) + end.substr(0, 512)), lost);
  expect("too many members", open(member("a", "") + member("b", "") + member("c", "") + member("d", "") + end), std::to_string(MS_LIMIT));
  expect("an extension", open(member("pax", "", 'x') + end), std::to_string(MS_UNSUPPORTED));
  std::filesystem::remove(path);
  expect("a file that is not there", std::to_string(store->open(store.self(), host.call(), {uri.data(), uri.size()}, &repo)), std::to_string(MS_NOT_FOUND));
  return failures;
}
