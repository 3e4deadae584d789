// modelsig/testing/fake_host.hpp - a host in memory: a plugin is tested without the kernel, files or threads of its own.
//     FakeHost host;
//     host.add_file("config.json", R"({"hidden_size": 64})");
//     LoadedPlugin plugin("format_config.so");          // loaded_plugin.hpp
//     Instance<ms_format> format(host, plugin.role("format.config"));
//     format->parse(format.self(), host.call(), host.repo(), host.model());
//     EXPECT_EQ(host.parts.at("config").text(), R"({"hidden_size": 64})");
// Everything that goes in or comes out is a public member. One host serves one model.
#pragma once
#include <algorithm>
#include <atomic>
#include <cstring>
#include <deque>
#include <functional>
#include <map>
#include <mutex>
#include <thread>

#include "value_writer.hpp"

namespace ms::testing {

class FakeHost {
 public:
  struct File {
    std::string name, bytes;
    std::uint64_t size;              // past `bytes` the file reads as zeros
    bool size_known = true;          // false: as a remote store that learns it from the first answer
    std::string broken;              // not empty: every read of it fails with this text ...
    std::uint64_t intact = 0;        // ... that asks for more than its first so many bytes
  };
  struct Read { std::string file; std::uint64_t offset, size; std::size_t batch; };
  struct Problem { std::int32_t level; std::string subject, text; };
  struct Log { std::int32_t level; std::string text; };
  struct Tensor {
    std::string name, dtype, component, file;
    std::vector<std::uint64_t> shape;
    std::uint64_t offset, size;
    std::uint32_t group = 0, flags = 0;
    std::vector<std::string> aliases;
    std::vector<std::uint64_t> stored;  // empty: as shape
    std::string known_as, of;           // known_as: for a layer's test to set; empty: as name
  };

  // in
  std::string uri = "memory:model", select;
  std::deque<File> files;
  std::deque<Value> groups;
  std::map<std::string, Value, std::less<>> rules;                                   // table -> list
  std::function<const Value*(std::string_view table, std::string_view subject)> match;  // rule_match
  std::function<Value(std::string_view text, const std::function<Value(std::string_view)>& lookup)> evaluate;  // the kernel's expressions
  std::atomic<bool> cancelled{false};
  unsigned threads = 2;

  // in and out
  std::vector<Tensor> tensors;
  std::map<std::string, Value, std::less<>> parts;

  // out
  std::vector<Read> reads;       // as asked for, nothing merged; `batch` counts calls of read()
  std::vector<Problem> problems;
  std::vector<Log> logs;
  ms_status failed = MS_OK;      // of the last fail()
  std::string failure;

  FakeHost() = default;
  FakeHost(const FakeHost&) = delete;
  FakeHost& operator=(const FakeHost&) = delete;

  File& add_file(std::string name, std::string bytes) {
    const std::uint64_t size = bytes.size();
    return files.emplace_back(File{std::move(name), std::move(bytes), size, true, {}});
  }
  File& add_sparse_file(std::string name, std::string bytes, std::uint64_t size) {
    File& file = add_file(std::move(name), std::move(bytes));
    file.size = size;
    return file;
  }
  // What a plugin writes through the handle of the last open_writer() of that name is in parts[name] after close_parts().
  ValueWriter& open_writer(const std::string& name) { return open_parts_[name]; }
  // Call behind parse(): moves what was emitted into `parts`, keeps the first error of a writer as a failure.
  void close_parts() {
    for (auto& [name, writer] : open_parts_) {
      if (writer.complete()) parts.insert_or_assign(name, writer.value());
      else failure = "part '" + name + "' is not complete: " + writer.error();
    }
    open_parts_.clear();
  }
  std::string range_error(const ms_range* range) const {
    std::lock_guard guard(lock_);
    const auto it = range_errors_.find(range);
    return it == range_errors_.end() ? std::string() : it->second;
  }

  const ms_host* table() const;
  ms_call* call() { return reinterpret_cast<ms_call*>(this); }
  ms_repo* repo() { return reinterpret_cast<ms_repo*>(this); }
  ms_model* model() { return reinterpret_cast<ms_model*>(this); }

 private:
  friend struct FakeHostTable;
  void read_one(ms_range& range, std::size_t batch);
  void fail_range(ms_range& range, ms_status code, std::string text) {
    std::lock_guard guard(lock_);
    range.status = code;
    range.got = 0;
    range_errors_[&range] = std::move(text);
  }

  mutable std::mutex lock_;
  std::map<std::string, ValueWriter, std::less<>> open_parts_;
  std::map<const ms_range*, std::string> range_errors_;
  std::deque<std::string> expressions_;
  Value evaluated_;
  std::size_t batches_ = 0;
};

inline void FakeHost::read_one(ms_range& range, std::size_t batch) {
  const auto& file = *reinterpret_cast<const File*>(range.file);
  {
    std::lock_guard guard(lock_);
    reads.push_back({file.name, range.offset, range.size, batch});
    range_errors_.erase(&range);
  }
  range.got = 0;
  range.status = MS_OK;
  range.file_size = file.size;
  if (!file.broken.empty() && (range.offset >= file.intact || range.size > file.intact - range.offset)) return fail_range(range, MS_UNAVAILABLE, file.name + ": " + file.broken);
  const std::uint64_t end = std::min(file.size, range.offset + std::min(range.size, UINT64_MAX - range.offset));
  const std::uint64_t got = end > range.offset ? end - range.offset : 0;
  if (got < range.size && !(range.flags & MS_RANGE_SHORT_OK))
    return fail_range(range, MS_DATA_LOSS, file.name + ": has " + std::to_string(file.size) + " bytes, " +
                                               std::to_string(range.offset) + "+" + std::to_string(range.size) + " were asked for");
  range.got = got;
  if (got == 0) return;
  std::memset(range.into, 0, got);
  if (range.offset < file.bytes.size())
    std::memcpy(range.into, file.bytes.data() + range.offset, std::min<std::uint64_t>(got, file.bytes.size() - range.offset));
}

}  // namespace ms::testing

#include "fake_host_table.hpp"
