// store.local: a folder or a file of this machine as the repository of a model.
#include <modelsig/plugin.hpp>

#include <atomic>
#include <map>

#include "file_list.hpp"
#include "file_reader.hpp"

namespace fs = std::filesystem;

namespace {

constexpr std::size_t WORTH_THREADS = 16;  // files in a batch; below, starting threads costs more than it saves

using local::Entry, local::FileList, local::FileReader, local::Limits;

std::string without_scheme(std::string_view uri) {
  for (std::string_view scheme : {"local:", "file:"})
    if (uri.starts_with(scheme)) uri.remove_prefix(scheme.size());
  if (uri.starts_with("///")) uri.remove_prefix(2);  // file:///path: an empty host
  return std::string(uri);
}

class Repository {
 public:
  Repository(ms::Call& call, std::string uri, const Limits& limits) : uri_(std::move(uri)) {
    std::error_code error;
    const fs::path path(uri_);
    const fs::file_status status = fs::status(path, error);
    if (error && error != std::errc::no_such_file_or_directory) throw ms::Error(MS_DENIED, uri_ + ": cannot be looked at: " + error.message());
    if (!fs::exists(status)) throw ms::Error(MS_NOT_FOUND, uri_ + ": there is no such file or folder");
    const bool folder = fs::is_directory(status);
    if (!folder && !fs::is_regular_file(status)) throw ms::Error(MS_UNSUPPORTED, uri_ + ": is neither a file nor a folder");
    root_ = folder ? path : path.has_parent_path() ? path.parent_path() : fs::path(".");
    files_ = folder ? local::list_folder(path, limits) : local::list_beside(path, limits);
    for (const Entry& entry : files_.files) sizes_.emplace(entry.name, entry.size);
    for (const std::string& name : files_.dangling)
      call.problem(MS_WARN, name, "is a link to a file that is not there: finish the download");
  }

  void list(ms::Call&, ms::Writer& out) const {
    auto files = out.array();
    for (const Entry& entry : files_.files) {
      auto file = out.object();
      out.member("name", entry.name);
      out.member("size", entry.size);
    }
  }

  // Ranges come sorted by file from the kernel: a file is opened once per run of ranges in it.
  void read(ms::Call& call, std::span<ms_range> ranges) {
    std::vector<std::span<ms_range>> runs;
    for (std::size_t begin = 0, end = 0; begin < ranges.size(); begin = end) {
      while (end < ranges.size() && ms::view(ranges[end].name) == ms::view(ranges[begin].name)) ++end;
      runs.push_back(ranges.subspan(begin, end - begin));
    }
    const auto read_run = [&](std::size_t i) {
      call.check_cancelled();
      read_file(call, runs[i]);
    };
    if (runs.size() >= WORTH_THREADS) return call.parallel(runs.size(), read_run);
    for (std::size_t i = 0; i < runs.size(); ++i) read_run(i);
  }

  void describe(ms::Call&, ms::Writer& out) const {
    auto object = out.object();
    out.member("uri", "local:" + uri_);
    out.member("requests", requests_.load());
    out.member("bytes", bytes_.load());
  }

 private:
  void read_file(ms::Call& call, std::span<ms_range> ranges) {
    const std::string_view name = ms::view(ranges.front().name);
    const auto listed = sizes_.find(name);
    if (listed == sizes_.end()) return fail(call, ranges, MS_NOT_FOUND, "is not in " + uri_);  // so no name leaves the root
    FileReader file((root_ / name).string());
    if (file.status() != MS_OK) return fail(call, ranges, file.status(), file.error());
    if (file.size() != listed->second)
      return fail(call, ranges, MS_DATA_LOSS, "changed while it was looked at: it had " + std::to_string(listed->second) +
                                                  " bytes and now has " + std::to_string(file.size()) + ": run again");
    for (ms_range& range : ranges) read_range(call, file, range);
  }

  void read_range(ms::Call& call, FileReader& file, ms_range& range) {
    range.file_size = file.size();
    if (!file.read(range.offset, range.into, range.size, range.got)) return fail(call, {&range, 1}, file.status(), file.error());
    ++requests_;
    bytes_ += range.got;
    range.status = MS_OK;
    if (range.got < range.size && !(range.flags & MS_RANGE_SHORT_OK))
      fail(call, {&range, 1}, MS_DATA_LOSS, "ends at byte " + std::to_string(file.size()) + ", but bytes " + std::to_string(range.offset) +
                                                " to " + std::to_string(range.offset + range.size) + " are needed");
  }

  static void fail(ms::Call& call, std::span<ms_range> ranges, ms_status status, const std::string& text) {
    for (ms_range& range : ranges) {
      const std::string sentence = std::string(ms::view(range.name)) + ": " + text;
      call.host()->range_fail(call.raw(), &range, status, ms::str(sentence));
    }
  }

  std::string uri_;
  fs::path root_;
  FileList files_;
  std::map<std::string, std::uint64_t, std::less<>> sizes_;
  std::atomic<std::uint64_t> requests_{0}, bytes_{0};
};

class LocalStore {
 public:
  explicit LocalStore(ms::Node options)
      : limits_{options["max_files"].u64(100000), static_cast<int>(options["max_depth"].i64(8))} {}

  std::unique_ptr<Repository> open(ms::Call& call, std::string_view uri) {
    return std::make_unique<Repository>(call, without_scheme(uri), limits_);
  }

 private:
  Limits limits_;
};

}  // namespace

MODELSIG_PLUGIN("org.modelsig.store.local", "1.0.0", "Apache-2.0", ms::store<LocalStore>("store.local"))
