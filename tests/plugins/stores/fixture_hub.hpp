// A running fixture-hub process and what it has logged.
#pragma once
#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

namespace modelsig::testing {

struct Requested {  // one line of the request log
  std::string origin, method, target, range;
  int status = 0;
  std::uint64_t bytes = 0;
  bool authorization = false;

  bool about(std::string_view text) const { return target.find(text) != std::string::npos; }
};

// A child process that ends with this object, with its standard output.
class Process {
 public:
  explicit Process(std::vector<std::string> words);
  ~Process();
  Process(const Process&) = delete;
  std::string read_line();

 private:
  int pid_ = -1, out_ = -1;
};

class FixtureHub {
 public:
  FixtureHub(const std::filesystem::path& root, const std::filesystem::path& log, std::vector<std::string> switches = {});
  const std::string& endpoint() const { return endpoint_; }
  std::vector<Requested> log() const;
  std::vector<Requested> log_about(std::string_view text) const;

 private:
  std::filesystem::path log_;
  Process process_;
  std::string endpoint_;
};

}  // namespace modelsig::testing
