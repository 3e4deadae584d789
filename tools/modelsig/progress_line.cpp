#include "tools/modelsig/progress_line.hpp"

#include <modelsig/kit/architecture_text.hpp>

namespace modelsig::cli {

namespace {
std::string of(std::uint64_t done, std::uint64_t total) { return std::to_string(done) + "/" + std::to_string(total); }
}  // namespace

std::string ProgressLine::models(std::size_t done, std::size_t total) {
  std::lock_guard guard(lock_);
  models_ = of(done, total) + (total == 1 ? " model" : " models");
  return text();
}

std::string ProgressLine::step(std::string_view name, std::uint64_t done, std::uint64_t total) {
  std::lock_guard guard(lock_);
  if (total == 0) bytes_ += done;
  else step_ = std::string(name) + " " + of(done, total);
  return text();
}

std::string ProgressLine::text() const {
  std::string out = models_;
  const std::string bytes = bytes_ ? ms::kit::byte_size(static_cast<double>(bytes_)) : "";
  for (const std::string& part : {step_, bytes})
    if (!part.empty()) out += (out.empty() ? "" : "  ") + part;
  return out;
}

}  // namespace modelsig::cli
