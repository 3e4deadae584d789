// Any bytes as a plugin file: everything that is read before a plugin is loaded. Good seeds are small plugins.
#include <cstddef>
#include <cstdint>

#include "core/host/elf_symbols.hpp"
#include "core/host/plugin_file.hpp"
#include "core/value/error.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::span<const std::byte> file(reinterpret_cast<const std::byte*>(data), size);
  try {
    modelsig::inspect_bytes(file);
  } catch (const modelsig::Error&) {
  }
  try {
    const modelsig::ElfSymbols symbols(file);
    symbols.exported();
    symbols.undefined();
  } catch (const modelsig::Error&) {
  }
  return 0;
}
