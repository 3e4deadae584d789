// Where tests find things. Functions, not macros: objects that hold no path of this build are the same in every
// checkout, so that a compiler cache knows them.
#pragma once
#include <filesystem>

namespace modelsig::testing {

std::filesystem::path source_dir();  // the checkout
std::filesystem::path build_dir();
std::filesystem::path plugin_dir();  // the built-in plugins
std::filesystem::path program(const char* name);  // build/bin/NAME
std::filesystem::path test_build_dir(const char* folder);  // what CMake built for tests/FOLDER
std::filesystem::path shared_dir();  // real model metadata, where it is: MODELSIG_SHARED, else beside the checkout

}  // namespace modelsig::testing
