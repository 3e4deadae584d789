#include "core/host/mapped_file.hpp"

#include <fcntl.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>

#include "core/value/error.hpp"

namespace modelsig {

MappedFile::MappedFile(const std::filesystem::path& path) {
  // O_NONBLOCK: opening a FIFO that somebody left in a plugin folder must not wait for a writer
  const int fd = ::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK);
  if (fd < 0) throw Error(std::string("cannot be opened: ") + std::strerror(errno), MS_NOT_FOUND);
  struct stat info {};
  std::string problem;
  if (::fstat(fd, &info) != 0) problem = std::string("cannot be examined: ") + std::strerror(errno);
  else if (!S_ISREG(info.st_mode)) problem = "is not a regular file";
  else if (info.st_size > 0) {
    size_ = static_cast<std::size_t>(info.st_size);
    data_ = ::mmap(nullptr, size_, PROT_READ, MAP_PRIVATE, fd, 0);
    if (data_ == MAP_FAILED) problem = std::string("cannot be mapped: ") + std::strerror(errno);
  }
  ::close(fd);
  if (!problem.empty()) throw Error(problem, MS_UNAVAILABLE);
}

MappedFile::~MappedFile() {
  if (data_) ::munmap(data_, size_);
}

}  // namespace modelsig
