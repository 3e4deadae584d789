#include "tools/modelsig/console.hpp"

#include <spdlog/sinks/stdout_color_sinks.h>
#include <spdlog/spdlog.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include <algorithm>
#include <cstdio>
#include <cstdlib>

namespace modelsig::cli {

bool Console::tty_out() { return isatty(STDOUT_FILENO) != 0; }
bool Console::tty_err() { return isatty(STDERR_FILENO) != 0; }

std::size_t Console::width_out() {
  winsize size{};
  if (ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) != 0 || size.ws_col == 0) return 0;
  return std::clamp<std::size_t>(size.ws_col, 72, 132);
}

bool Console::wants_color(bool no_color_flag, bool tty) {
  const char* no_color = std::getenv("NO_COLOR");
  return tty && !no_color_flag && !(no_color && *no_color);
}

// "error: text": the level's name in colour, nothing else; a report's reader needs no clock
Console::Console(bool color)
    : log_(std::make_unique<spdlog::logger>("modelsig", std::make_shared<spdlog::sinks::stderr_color_sink_mt>(
                                                           color ? spdlog::color_mode::always : spdlog::color_mode::never))) {
  log_->set_pattern("%^%l:%$ %v");
  log_->set_level(spdlog::level::trace);
}
Console::~Console() = default;

void Console::line(int level, std::string_view text) {
  clear();
  log_->log(static_cast<spdlog::level::level_enum>(level), text);
}

void Console::error(std::string_view text) { line(spdlog::level::err, text); }
void Console::warning(std::string_view text) { line(spdlog::level::warn, text); }
void Console::note(std::string_view text) { line(spdlog::level::info, text); }

void Console::progress(std::string_view text) {
  if (!tty_err()) return;
  std::lock_guard guard(lock_);
  const auto now = std::chrono::steady_clock::now();
  if (now - last_ < std::chrono::milliseconds(100)) return;
  last_ = now;
  drawn_ = true;
  std::fprintf(stderr, "\r\033[K%.*s", static_cast<int>(text.size()), text.data());
  std::fflush(stderr);
}

void Console::clear() {
  std::lock_guard guard(lock_);
  if (drawn_) std::fprintf(stderr, "\r\033[K");
  drawn_ = false;
}

}  // namespace modelsig::cli
