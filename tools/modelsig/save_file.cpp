#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>

#include "tools/modelsig/app.hpp"

namespace modelsig::cli {

void save_file(const std::filesystem::path& path, std::string_view text) {
  std::error_code error;
  // through a link the file behind it is replaced, not the link
  const std::filesystem::path target = std::filesystem::is_symlink(path, error) ? std::filesystem::weakly_canonical(path, error) : path;
  if (std::filesystem::exists(target, error) && !std::filesystem::is_regular_file(target, error)) {  // /dev/stdout, a pipe: nothing to rename
    const int fd = open(target.c_str(), O_WRONLY);
    if (fd < 0) throw Error(path.string() + ": cannot be written: " + std::strerror(errno));
    for (std::size_t done = 0; done < text.size();) {
      const ssize_t n = ::write(fd, text.data() + done, text.size() - done);
      if (n <= 0) { close(fd); throw Error(path.string() + ": cannot be written: " + std::strerror(errno)); }
      done += static_cast<std::size_t>(n);
    }
    close(fd);
    return;
  }
  std::string temporary = target.string() + ".XXXXXX";
  const int fd = mkstemp(temporary.data());
  const auto fail = [&](const char* what) {
    const std::string why = std::strerror(errno);
    if (fd >= 0) close(fd), unlink(temporary.c_str());
    throw Error(path.string() + ": cannot be " + what + ": " + why);
  };
  if (fd < 0) fail("created");
  for (std::size_t done = 0; done < text.size();) {
    const ssize_t n = ::write(fd, text.data() + done, text.size() - done);
    if (n < 0 && errno == EINTR) continue;
    if (n <= 0) fail("written");
    done += static_cast<std::size_t>(n);
  }
  const mode_t mask = umask(0);
  umask(mask);
  fchmod(fd, 0666 & ~mask);
  if (fsync(fd) != 0) fail("written");
  close(fd);
  if (rename(temporary.c_str(), target.c_str()) != 0) {
    const std::string why = std::strerror(errno);
    unlink(temporary.c_str());
    throw Error(path.string() + ": cannot be replaced: " + why);
  }
}

}  // namespace modelsig::cli
