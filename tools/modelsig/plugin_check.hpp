// Conformance of a plugin: what the kernel and other plugins rely on, tried out one by one.
#pragma once
#include <filesystem>
#include <string>
#include <vector>

namespace modelsig::cli {

struct CheckResult {
  std::string role, test;
  std::string failure;  // "": it holds
};

// Nothing of the file is loaded into this process unless in_process.
std::vector<CheckResult> check_plugin(const std::filesystem::path& file, bool in_process, unsigned seconds);

}  // namespace modelsig::cli
