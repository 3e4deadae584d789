// The bytes of a regular file, mapped read-only. Nothing of it is executed. Mapped rather than read: a
// plugin may carry a big library, and only a few pages of it are looked at. A file that shrinks while it
// is mapped faults, as it would under dlopen.
#pragma once
#include <cstddef>
#include <filesystem>
#include <span>

namespace modelsig {

class MappedFile {
 public:
  explicit MappedFile(const std::filesystem::path& path);  // throws Error: a reason without the file's name
  ~MappedFile();
  MappedFile(const MappedFile&) = delete;
  MappedFile& operator=(const MappedFile&) = delete;
  std::span<const std::byte> bytes() const { return {static_cast<const std::byte*>(data_), size_}; }

 private:
  void* data_ = nullptr;
  std::size_t size_ = 0;
};

}  // namespace modelsig
