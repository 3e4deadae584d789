#include "tools/modelsig/console.hpp"

#include <unistd.h>

#include <cstdio>
#include <cstdlib>

namespace modelsig::cli {

bool Console::tty_out() { return isatty(STDOUT_FILENO) != 0; }
bool Console::tty_err() { return isatty(STDERR_FILENO) != 0; }

bool Console::wants_color(bool no_color_flag, bool tty) {
  const char* no_color = std::getenv("NO_COLOR");
  return tty && !no_color_flag && !(no_color && *no_color);
}

void Console::line(std::string_view mark, const char* code, std::string_view text) {
  clear();
  std::lock_guard guard(lock_);
  if (color_) std::fprintf(stderr, "\033[%sm%.*s\033[0m%.*s\n", code, static_cast<int>(mark.size()), mark.data(), static_cast<int>(text.size()), text.data());
  else std::fprintf(stderr, "%.*s%.*s\n", static_cast<int>(mark.size()), mark.data(), static_cast<int>(text.size()), text.data());
}

void Console::error(std::string_view text) { line("error: ", "31", text); }
void Console::warning(std::string_view text) { line("warning: ", "33", text); }
void Console::note(std::string_view text) { line("note: ", "36", text); }

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
