#include "request_log.hpp"

#include "hub.hpp"

namespace fixture {

RequestLog::RequestLog(const std::filesystem::path& path) {
  if (!path.empty()) file_.open(path, std::ios::app);
}

// Not the token itself: the log of a test run is kept and shown.
void RequestLog::add(const Request& request, int status, std::uint64_t body_bytes, bool whole) {
  const std::lock_guard guard(lock_);
  if (!file_.is_open()) return;
  const auto at = std::chrono::duration_cast<std::chrono::microseconds>(std::chrono::steady_clock::now() - begin_).count();
  file_ << "{\"n\":" << ++number_ << ",\"at_ms\":" << static_cast<double>(at) / 1000.0 << ",\"origin\":\"" << (request.cdn ? "cdn" : "hub")
        << "\",\"method\":" << json_quoted(request.method) << ",\"target\":" << json_quoted(request.target) << ",\"range\":" << json_quoted(request.range)
        << ",\"status\":" << status << ",\"bytes\":" << body_bytes << ",\"whole\":" << (whole ? "true" : "false")
        << ",\"authorization\":" << (request.authorization.empty() ? "false" : "true") << "}\n"
        << std::flush;
}

}  // namespace fixture
