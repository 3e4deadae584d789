#include "file_reader.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <system_error>

namespace local {
namespace {
constexpr std::uint64_t MAX_STEP = 1u << 30;  // Linux reads at most 2 GiB at once
}

FileReader::FileReader(const std::string& path) {
  fd_ = ::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK);  // a named pipe must not hang the run
  struct stat info {};
  if (fd_ < 0) {
    fail("cannot be opened", errno);
  } else if (::fstat(fd_, &info) != 0) {
    fail("cannot be looked at", errno);
  } else if (!S_ISREG(info.st_mode)) {
    status_ = MS_UNSUPPORTED;
    error_ = "is not a regular file";
  } else {
    size_ = static_cast<std::uint64_t>(info.st_size);
  }
}

FileReader::~FileReader() {
  if (fd_ >= 0) ::close(fd_);
}

void FileReader::fail(const char* doing, int code) {
  status_ = code == ENOENT ? MS_NOT_FOUND : code == EACCES || code == EPERM ? MS_DENIED : MS_UNAVAILABLE;
  error_ = std::string(doing) + ": " + std::generic_category().message(code);
}

bool FileReader::read(std::uint64_t offset, std::uint8_t* into, std::uint64_t size, std::uint64_t& got) {
  got = 0;
  if (status_ != MS_OK) return false;
  while (got < size && offset + got < size_) {  // the second test also keeps the offset inside off_t
    const ssize_t n = ::pread(fd_, into + got, std::min(size - got, MAX_STEP), static_cast<off_t>(offset + got));
    if (n < 0 && errno == EINTR) continue;
    if (n < 0) return fail("cannot be read", errno), false;
    if (n == 0) break;
    got += static_cast<std::uint64_t>(n);
  }
  return true;
}

}  // namespace local
