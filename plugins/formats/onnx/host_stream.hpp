// The bytes of one file of the model as protobuf's reader wants them: windows that grow while it reads on, and
// nothing in between where it skips.
#pragma once
#include <google/protobuf/io/zero_copy_stream.h>
#include <modelsig/plugin.hpp>

#include <string>
#include <vector>

namespace onnx {

class HostStream final : public google::protobuf::io::ZeroCopyInputStream {
 public:
  static constexpr std::uint64_t FIRST = 256u << 10;     // most graphs without weights are one request
  static constexpr std::uint64_t AFTER_SEEK = 32u << 10; // behind a weight comes the next one's short header
  static constexpr std::uint64_t SMALL_GAP = 128u << 10; // not worth a smaller window
  static constexpr std::uint64_t LARGEST = 4u << 20, LARGEST_AFTER_SEEK = 256u << 10;

  HostStream(const ms::Call& call, ms::File file) : call_(call), file_(file), size_(file.size()) {}

  bool Next(const void** data, int* size) override;
  void BackUp(int count) override { used_ -= static_cast<std::size_t>(count); }
  bool Skip(int count) override;
  int64_t ByteCount() const override { return static_cast<int64_t>(position()); }

  std::uint64_t position() const { return start_ + used_; }
  void seek(std::uint64_t position);
  std::uint64_t size();                                  // of the file; reads its start if the store does not know
  std::string_view start();                              // the first bytes
  bool at_end() { return used_ == window_.size() && !fetch(next_); }
  void rethrow() const {
    if (failed_ == MS_CANCELLED) throw ms::Told{failed_};
    if (failed_ != MS_OK) throw ms::Error(failed_, failure_);
  }

 private:
  bool fetch(std::uint64_t size);

  const ms::Call& call_;
  ms::File file_;
  std::uint64_t size_, start_ = 0, next_ = FIRST, largest_ = LARGEST;
  std::size_t used_ = 0;
  std::vector<std::uint8_t> window_;
  ms_status failed_ = MS_OK;                             // protobuf's reader can't throw: kept until it is asked for
  std::string failure_;
};

}  // namespace onnx
