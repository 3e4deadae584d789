// Runs a program and keeps what it prints.
#pragma once
#include <filesystem>
#include <string>
#include <vector>

struct Printed {
  std::string out, err;
  int status;
};

// Without a shell; `environment` are NAME=VALUE on top of ours. Throws std::runtime_error if it cannot start.
Printed run_process(const std::vector<std::string>& command, const std::filesystem::path& folder, const std::vector<std::string>& environment);
