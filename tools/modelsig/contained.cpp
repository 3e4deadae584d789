#include "tools/modelsig/contained.hpp"

#include <poll.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <csignal>
#include <cstdio>
#include <cstring>
#include <exception>

#include "core/value/error.hpp"

namespace modelsig::cli {

namespace {

constexpr std::size_t kMostPrinted = 200;

std::string guarded(const std::function<std::string()>& body) {
  try {
    return body();
  } catch (const std::exception& error) {
    return error.what();
  } catch (...) {
    return "something was thrown that is not a std::exception";
  }
}

[[noreturn]] void child(const std::function<std::string()>& body, int result, int printed) {
  for (const int number : {SIGINT, SIGTERM, SIGALRM}) std::signal(number, SIG_DFL);
  dup2(printed, STDOUT_FILENO);
  dup2(printed, STDERR_FILENO);
  const std::string reason = guarded(body);
  std::fflush(nullptr);
  for (std::size_t done = 0; done < reason.size();) {
    const ssize_t n = write(result, reason.data() + done, reason.size() - done);
    if (n <= 0) break;
    done += static_cast<std::size_t>(n);
  }
  _exit(0);  // no destructors: what a plugin registered for the end is not under test
}

std::string how_it_ended(int status) {
  if (WIFSIGNALED(status)) return std::string("crashed: ") + strsignal(WTERMSIG(status));
  if (WEXITSTATUS(status) != 0) return "ended the process with status " + std::to_string(WEXITSTATUS(status));
  return {};
}

std::string content(int file) {
  std::string out(kMostPrinted, '\0');
  const ssize_t n = pread(file, out.data(), out.size(), 0);
  out.resize(n > 0 ? static_cast<std::size_t>(n) : 0);
  return out;
}

}  // namespace

Contained contained(const std::function<std::string()>& body, unsigned seconds, bool in_process) {
  if (in_process) return {guarded(body), {}};
  int pipe_ends[2];
  const int printed = memfd_create("printed", MFD_CLOEXEC);
  if (printed < 0 || pipe(pipe_ends) != 0) throw Error("no pipe for a child process: " + std::string(std::strerror(errno)));
  std::fflush(nullptr);
  const pid_t pid = fork();
  if (pid < 0) throw Error("no child process: " + std::string(std::strerror(errno)));
  if (pid == 0) {
    close(pipe_ends[0]);
    child(body, pipe_ends[1], printed);
  }
  close(pipe_ends[1]);

  Contained out;
  using Clock = std::chrono::steady_clock;
  const auto deadline = Clock::now() + std::chrono::seconds(seconds);
  bool late = false;
  char buffer[4096];
  for (ssize_t n = 1; n > 0;) {
    const auto left = std::chrono::duration_cast<std::chrono::milliseconds>(deadline - Clock::now()).count();
    pollfd wait{pipe_ends[0], POLLIN, 0};
    const int ready = left > 0 ? poll(&wait, 1, static_cast<int>(left)) : 0;
    if (ready < 0 && errno == EINTR) continue;
    if (ready <= 0) { late = true; break; }
    n = read(pipe_ends[0], buffer, sizeof buffer);
    if (n > 0) out.reason.append(buffer, static_cast<std::size_t>(n));
  }
  close(pipe_ends[0]);
  if (late) kill(pid, SIGKILL);
  int status = 0;
  waitpid(pid, &status, 0);
  if (late) out.reason = "did not come back within " + std::to_string(seconds) + " seconds";
  else if (const std::string ended = how_it_ended(status); !ended.empty()) out.reason = ended;
  out.printed = content(printed);
  close(printed);
  return out;
}

}  // namespace modelsig::cli
