#include "tests/support/paths.hpp"

#include <cstdlib>

namespace modelsig::testing {

std::filesystem::path source_dir() { return MODELSIG_SOURCE_DIR; }
std::filesystem::path build_dir() { return MODELSIG_BINARY_DIR; }
std::filesystem::path plugin_dir() { return build_dir() / "lib/modelsig/plugins"; }
std::filesystem::path program(const char* name) { return build_dir() / "bin" / name; }
std::filesystem::path test_build_dir(const char* folder) { return build_dir() / "tests" / folder; }

std::filesystem::path shared_dir() {
  const char* set = std::getenv("MODELSIG_SHARED");
  return set ? std::filesystem::path(set) : source_dir().parent_path() / "shared";
}

}  // namespace modelsig::testing
