#include "fixture_hub.hpp"
#include "tests/support/paths.hpp"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <rapidjson/document.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include <fstream>

namespace modelsig::testing {

Process::Process(std::vector<std::string> words) {
  int pipe_ends[2];
  if (::pipe2(pipe_ends, O_CLOEXEC) != 0) throw std::runtime_error("pipe");
  std::vector<char*> argv;
  for (auto& word : words) argv.push_back(word.data());
  argv.push_back(nullptr);
  pid_ = ::fork();
  if (pid_ == 0) {
    ::dup2(pipe_ends[1], 1);
    ::execv(argv[0], argv.data());
    ::_exit(127);
  }
  ::close(pipe_ends[1]);
  out_ = pipe_ends[0];
}

Process::~Process() {
  ::kill(pid_, SIGKILL);
  ::waitpid(pid_, nullptr, 0);
  ::close(out_);
}

std::string Process::read_line() {
  std::string line;
  for (char c; ::read(out_, &c, 1) == 1 && c != '\n';) line += c;
  return line;
}

namespace {

std::vector<std::string> command(const std::filesystem::path& root, const std::filesystem::path& log, std::vector<std::string> switches) {
  std::vector<std::string> words = {modelsig::testing::program("fixture-hub").string(), "--root", root.string(), "--log", log.string(), "--with-parent"};
  words.insert(words.end(), switches.begin(), switches.end());
  return words;
}

}  // namespace

FixtureHub::FixtureHub(const std::filesystem::path& root, const std::filesystem::path& log, std::vector<std::string> switches)
    : log_(log), process_(command(root, log, std::move(switches))) {
  rapidjson::Document said;
  const std::string line = process_.read_line();
  if (said.Parse(line.c_str()).HasParseError() || !said.IsObject()) throw std::runtime_error("fixture-hub did not start: " + line);
  endpoint_ = said["endpoint"].GetString();
}

std::vector<Requested> FixtureHub::log() const {
  std::vector<Requested> out;
  std::ifstream file(log_);
  for (std::string line; std::getline(file, line);) {
    rapidjson::Document d;
    if (d.Parse(line.c_str()).HasParseError()) continue;
    out.push_back({d["origin"].GetString(), d["method"].GetString(), d["target"].GetString(), d["range"].GetString(), d["status"].GetInt(),
                   d["bytes"].GetUint64(), d["authorization"].GetBool()});
  }
  return out;
}

std::vector<Requested> FixtureHub::log_about(std::string_view text) const {
  auto out = log();
  std::erase_if(out, [&](const Requested& request) { return !request.about(text); });
  return out;
}

}  // namespace modelsig::testing
