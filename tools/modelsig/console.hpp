// What goes to the terminal beside the report: log lines, one line of progress on a TTY, errors. Everything to
// stderr; stdout carries the report only.
#pragma once
#include <atomic>
#include <chrono>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>

namespace spdlog { class logger; }

namespace modelsig::cli {

class Console {
 public:
  explicit Console(bool color);
  ~Console();
  void error(std::string_view text);
  void warning(std::string_view text);
  void note(std::string_view text);
  // redrawn at most 10 times a second, erased by the next line or clear()
  void progress(std::string_view text);
  void clear();
  static bool tty_out();
  static bool tty_err();
  // Columns of the terminal that stdout is, within what a page can be read in; 0: it is none.
  static std::size_t width_out();
  // NO_COLOR (any non-empty value) and --no-color win over a terminal
  static bool wants_color(bool no_color_flag, bool tty);

 private:
  void line(int level, std::string_view text);
  std::mutex lock_;
  std::unique_ptr<spdlog::logger> log_;
  bool drawn_ = false;
  std::chrono::steady_clock::time_point last_{};
};

}  // namespace modelsig::cli
