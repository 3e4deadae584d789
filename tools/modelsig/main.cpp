// modelsig, the command. Parses, dispatches, turns errors into one line and an exit code.
#include <unistd.h>

#include <csignal>
#include <cstdio>
#include <filesystem>

#include "tools/modelsig/heap.hpp"
#include "tools/modelsig/app.hpp"

namespace {

std::atomic<bool> stop{false};

constexpr unsigned kGraceSeconds = 3;  // how long a plugin may take to notice that the run was cancelled

extern "C" void on_signal(int) {
  if (stop.exchange(true)) std::_Exit(modelsig::cli::kCancelled);  // a second Ctrl-C does not wait
  alarm(kGraceSeconds);
}

extern "C" void on_alarm(int) {
  constexpr char text[] = "error: a plugin ignores that the run was cancelled; stopped, nothing was written\n";
  [[maybe_unused]] const auto n = write(STDERR_FILENO, text, sizeof text - 1);
  std::_Exit(modelsig::cli::kCancelled);
}

std::filesystem::path own_path() {
  std::error_code error;
  auto path = std::filesystem::read_symlink("/proc/self/exe", error);
  return error ? std::filesystem::path("/usr/bin/modelsig") : path;
}

int dispatch(modelsig::cli::App& app) {
  const std::string& command = app.options.command;
  if (command.starts_with("plugins ")) return plugins_command(app);
  if (command.starts_with("pipelines ")) return pipelines_command(app);
  if (command.starts_with("families ")) return families_command(app);
  if (command == "make-checkpoint") return make_checkpoint_command(app);
  if (command == "new") return new_command(app);
  if (command == "config") return config_command(app);
  if (command.starts_with("rules ")) return rules_command(app);
  return analyse_command(app);
}

}  // namespace

int main(int argc, char** argv) {
  modelsig::prepare_heap();
  using namespace modelsig::cli;
  Options options;
  const int parsed = parse_command_line(argc, argv, options);
  if (parsed >= 0) return parsed;
  std::signal(SIGINT, on_signal);
  std::signal(SIGTERM, on_signal);
  std::signal(SIGALRM, on_alarm);
  try {
    App app(std::move(options), own_path(), &stop);
    try {
      return dispatch(app);
    } catch (const modelsig::Error& error) {
      app.console.clear();
      if (error.status() == MS_CANCELLED) {
        app.console.error("cancelled, nothing was written");
        return kCancelled;
      }
      app.console.error(error.what());
      return kUsage;
    }
  } catch (const std::exception& error) {
    std::fprintf(stderr, "error: %s\n", error.what());
    return kUsage;
  }
}
