// Any bytes as config.json: either a part comes out whole, or a problem says why not.
#include <modelsig/testing/loaded_plugin.hpp>

#include <cstdlib>

using namespace ms::testing;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  FakeHost host;
  host.add_file("config.json", std::string(reinterpret_cast<const char*>(data), size));
  Instance<ms_format> format(host, modelsig_plugin_v1.roles[0]);
  if (format->parse(format.self(), host.call(), host.repo(), host.model()) != MS_OK) std::abort();
  host.close_parts();
  const bool refused = std::any_of(host.problems.begin(), host.problems.end(), [](const auto& p) { return p.level == MS_ERROR; });
  if (!host.failure.empty() || host.parts.count("config") != (refused ? 0u : 1u)) std::abort();
  return 0;
}
