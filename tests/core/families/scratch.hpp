// A folder of family files written by a test, beside the shipped kinds and roles.
#pragma once
#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <string>

#include "tests/core/families/truth.hpp"

namespace modelsig::testing {

class Scratch {
 public:
  Scratch() {
    static int number = 0;
    folder_ = std::filesystem::temp_directory_path() / ("modelsig_families_" + std::to_string(::getpid()) + "_" + std::to_string(number++));
    std::filesystem::create_directories(folder_);
  }
  ~Scratch() {
    std::error_code error;
    std::filesystem::remove_all(folder_, error);
  }
  Scratch(const Scratch&) = delete;
  Scratch& operator=(const Scratch&) = delete;

  Scratch& write(const std::string& name, const std::string& text) {
    std::ofstream(folder_ / (name + ".toml"), std::ios::binary) << text;
    return *this;
  }
  const std::filesystem::path& folder() const { return folder_; }

 private:
  std::filesystem::path folder_;
};

}  // namespace modelsig::testing
