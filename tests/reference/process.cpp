#include "process.hpp"

#include <fcntl.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <fstream>
#include <sstream>
#include <stdexcept>

extern char** environ;

namespace {

// A file, not a pipe: nothing has to be read while the program runs.
class Capture {
 public:
  Capture() : fd_(mkstemp(name_)) { if (fd_ < 0) throw std::runtime_error("no temporary file"); }
  ~Capture() { close(fd_), unlink(name_); }
  Capture(const Capture&) = delete;
  Capture& operator=(const Capture&) = delete;
  int fd() const { return fd_; }
  std::string text() const {
    std::ostringstream out;
    out << std::ifstream(name_, std::ios::binary).rdbuf();
    return out.str();
  }

 private:
  char name_[32] = "/tmp/modelsig-test-XXXXXX";
  int fd_;
};

std::vector<char*> pointers(std::vector<std::string>& texts) {
  std::vector<char*> out;
  for (std::string& text : texts) out.push_back(text.data());
  out.push_back(nullptr);
  return out;
}

}  // namespace

Printed run_process(const std::vector<std::string>& command, const std::filesystem::path& folder, const std::vector<std::string>& environment) {
  Capture out, err;
  std::vector<std::string> arguments = command, variables = environment;
  for (char** entry = environ; *entry; ++entry) variables.emplace_back(*entry);  // the first of a name counts
  posix_spawn_file_actions_t actions;
  posix_spawn_file_actions_init(&actions);
  posix_spawn_file_actions_addchdir_np(&actions, folder.c_str());
  posix_spawn_file_actions_adddup2(&actions, out.fd(), STDOUT_FILENO);
  posix_spawn_file_actions_adddup2(&actions, err.fd(), STDERR_FILENO);
  pid_t child = 0;
  const int failed = posix_spawn(&child, arguments[0].c_str(), &actions, nullptr, pointers(arguments).data(), pointers(variables).data());
  posix_spawn_file_actions_destroy(&actions);
  if (failed != 0) throw std::runtime_error(command[0] + " cannot be started");
  int status = 0;
  waitpid(child, &status, 0);
  return {out.text(), err.text(), WIFEXITED(status) ? WEXITSTATUS(status) : -1};
}
