#include <modelsig/plugin.hpp>

#include <filesystem>
#include <fstream>
#include <string>

namespace {

struct OneFile {
  std::filesystem::path path;
  std::string uri;
  std::uint64_t size;

  void list(ms::Call&, ms::Writer& out) const {
    auto files = out.array();
    auto file = out.object();
    out.member("name", path.filename().string());
    out.member("size", size);
  }
  void read(ms::Call& call, std::span<ms_range> ranges) const {
    for (ms_range& range : ranges) {
      call.check_cancelled();
      const auto fail = [&](const std::string& why) { call.host()->range_fail(call.raw(), &range, MS_DATA_LOSS, ms::str(path.string() + ": " + why)); };
      if (ms::view(range.name) != path.filename().string()) { fail("is the only file here, not " + std::string(ms::view(range.name))); continue; }
      range.file_size = size;
      const std::uint64_t there = range.offset < size ? std::min(range.size, size - range.offset) : 0;
      if (there < range.size && !(range.flags & MS_RANGE_SHORT_OK)) { fail("has only " + std::to_string(size) + " bytes"); continue; }
      std::ifstream in(path, std::ios::binary);
      in.seekg(static_cast<std::streamoff>(range.offset));
      in.read(reinterpret_cast<char*>(range.into), static_cast<std::streamsize>(there));
      if (!in) { fail("cannot be read"); continue; }
      range.got = there, range.status = MS_OK;
    }
  }
  void describe(ms::Call&, ms::Writer& out) const {
    auto provenance = out.object();
    out.member("uri", uri);
  }
};

struct @CLASS@ {
  explicit @CLASS@(ms::Node options) : max_bytes(options["max_bytes"].u64()) {}

  std::unique_ptr<OneFile> open(ms::Call&, std::string_view uri) const {
    const std::filesystem::path path(uri.substr(uri.find(':') + 1));
    std::error_code error;
    if (!std::filesystem::is_regular_file(path, error)) throw ms::Error(MS_NOT_FOUND, path.string() + ": is no file");
    const std::uint64_t size = std::filesystem::file_size(path, error);
    if (error || size > max_bytes) throw ms::Error(MS_LIMIT, path.string() + ": is larger than " + std::to_string(max_bytes) + " bytes");
    return std::make_unique<OneFile>(OneFile{path, std::string(uri), size});
  }

  std::uint64_t max_bytes;
};

}  // namespace

MODELSIG_PLUGIN("org.example.@NAME@", "1.0.0", "Apache-2.0", ms::store<@CLASS@>("@ROLE@"))
