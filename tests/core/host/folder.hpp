// A folder of its own for a test, and the libraries that were built for these tests.
#pragma once
#include <gtest/gtest.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>
#include <vector>

#include "tests/support/paths.hpp"

namespace modelsig::testing {

namespace fs = std::filesystem;

inline fs::path working(const std::string& plugin) { return modelsig::testing::test_build_dir("core/host") / "plugins" / (plugin + ".so"); }
inline fs::path broken(const std::string& way) { return modelsig::testing::test_build_dir("core/host") / "broken" / (way + ".so"); }

inline std::vector<std::byte> bytes_of(const fs::path& path) {
  std::ifstream in(path, std::ios::binary);
  EXPECT_TRUE(in) << path;
  const std::string text{std::istreambuf_iterator<char>(in), {}};
  const auto* first = reinterpret_cast<const std::byte*>(text.data());
  return {first, first + text.size()};
}

class Folder {
 public:
  Folder() {
    std::string pattern = (fs::temp_directory_path() / "modelsig_host_XXXXXX").string();
    path_ = ::mkdtemp(pattern.data());
  }
  ~Folder() { std::error_code error; fs::remove_all(path_, error); }
  Folder(const Folder&) = delete;
  Folder& operator=(const Folder&) = delete;

  const fs::path& path() const { return path_; }
  fs::path write(const std::string& name, const std::vector<std::byte>& bytes) const {
    const fs::path out = path_ / name;
    fs::create_directories(out.parent_path());
    std::ofstream(out, std::ios::binary).write(reinterpret_cast<const char*>(bytes.data()), static_cast<std::streamsize>(bytes.size()));
    return out;
  }
  fs::path write(const std::string& name, const std::string& text) const {
    const auto* first = reinterpret_cast<const std::byte*>(text.data());
    return write(name, std::vector<std::byte>(first, first + text.size()));
  }
  fs::path copy(const fs::path& file, const std::string& as = "") const { return write(as.empty() ? file.filename().string() : as, bytes_of(file)); }

 private:
  fs::path path_;
};

// What constructors of plugins wrote while it lives.
class Trace {
 public:
  Trace() { ::setenv("MODELSIG_TEST_TRACE", (folder_.path() / "trace").c_str(), 1); }
  ~Trace() { ::unsetenv("MODELSIG_TEST_TRACE"); }
  std::string text() const {
    std::ifstream in(folder_.path() / "trace");
    return {std::istreambuf_iterator<char>(in), {}};
  }

 private:
  Folder folder_;
};

}  // namespace modelsig::testing
