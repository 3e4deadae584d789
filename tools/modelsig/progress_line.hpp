// What the progress line says: "1/2 models  format.safetensors 12/163  4.20 MB". Many threads feed it.
#pragma once
#include <cstdint>
#include <mutex>
#include <string>
#include <string_view>

namespace modelsig::cli {

class ProgressLine {  // each call returns the line as it is now
 public:
  std::string models(std::size_t done, std::size_t total);
  // What a step reports. Without a total: `done` more bytes have come over the network.
  std::string step(std::string_view name, std::uint64_t done, std::uint64_t total);

 private:
  std::string text() const;
  std::mutex lock_;
  std::string models_, step_;
  std::uint64_t bytes_ = 0;
};

}  // namespace modelsig::cli
