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
static std::string le(std::size_t value, int bytes) {
  std::string out;
  for (; bytes-- > 0; value >>= 8) out += static_cast<char>(value & 0xFF);
  return out;
}
static std::string npy(const std::string& header, std::size_t data) { return "\x93NUMPY\x01" + le(0, 1) + le(header.size(), 2) + header + std::string(data, 'd'); }
static std::string npz(std::initializer_list<std::pair<std::string, std::string>> arrays) {
  std::string out, directory;
  for (const auto& [name, bytes] : arrays) {
    const std::string sizes = le(0, 4) + le(bytes.size(), 4) + le(bytes.size(), 4) + le(name.size(), 2);
    directory += "PK\x01\x02" + le(20, 2) + le(20, 2) + le(0, 8) + sizes + le(0, 2) + le(0, 2) + le(0, 4) + le(0, 4) + le(out.size(), 4) + name;
    out += "PK\x03\x04" + le(20, 2) + le(0, 8) + sizes + le(0, 2) + name + bytes;
  }
  const std::size_t at = out.size();
  return out + directory + "PK\x05\x06" + le(0, 4) + le(arrays.size(), 2) + le(arrays.size(), 2) + le(directory.size(), 4) + le(at, 4) + le(0, 2);
}

int main(int, char** argv) {
  LoadedPlugin plugin(argv[1]);
  const auto parse = [&](FakeHost& host) {
    Instance<ms_format> format(host, plugin.role("format.npz"), Value::object({{"max_directory", 100000}}));
    return std::to_string(format->parse(format.self(), host.call(), host.repo(), host.model()));
  };
  FakeHost good;
  good.add_file("w.npz", npz({{"wte.npy", npy("{'descr': '<f4', 'fortran_order': False, 'shape': (50, 8), }\n", 1600)}, {"step.npy", npy("{'descr': '<i8', 'fortran_order': False, 'shape': (), }\n", 8)}}));
  expect("status", parse(good) + good.failure, "0");
  expect("arrays", std::to_string(good.tensors.size()), "2");
  if (good.tensors.size() == 2) {
    const FakeHost::Tensor& t = good.tensors[0];
    expect("array", t.name + " " + t.dtype + " " + std::to_string(t.shape.size()) + " " + std::to_string(t.size), "wte <f4 2 1600");
    expect("data", good.files[0].bytes.substr(t.offset, t.size), std::string(1600, 'd'));
    expect("scalar", std::to_string(good.tensors[1].shape.size()), "0");
  }
  expect("round trips", std::to_string(good.reads.back().batch + 1), "3");
  FakeHost cut;
  cut.add_file("w.npz", good.files[0].bytes.substr(0, 500));
  expect("a cut file", parse(cut) + " " + cut.failure, std::to_string(MS_DATA_LOSS) + " w.npz: is no zip archive, or is cut short");
  FakeHost other;
  other.add_file("w.npz", npz({{"a.npy", "something else that is long enough"}}));
  expect("no array", parse(other) + " " + other.failure, std::to_string(MS_DATA_LOSS) + " w.npz: 'a' is no NumPy array");
  return failures;
}
