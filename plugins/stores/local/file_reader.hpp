// One file, open for reading at any offset.
#pragma once
#include <modelsig/abi.h>

#include <cstdint>
#include <string>

namespace local {

class FileReader {
 public:
  // Does not throw: error() says why a file is not open.
  explicit FileReader(const std::string& path);
  ~FileReader();
  FileReader(const FileReader&) = delete;
  FileReader& operator=(const FileReader&) = delete;

  const std::string& error() const { return error_; }
  ms_status status() const { return status_; }
  std::uint64_t size() const { return size_; }

  // Up to `size` bytes; less only at the end of the file. False: error() and status() say why.
  bool read(std::uint64_t offset, std::uint8_t* into, std::uint64_t size, std::uint64_t& got);

 private:
  void fail(const char* doing, int code);

  int fd_ = -1;
  std::uint64_t size_ = 0;
  ms_status status_ = MS_OK;
  std::string error_;
};

}  // namespace local
