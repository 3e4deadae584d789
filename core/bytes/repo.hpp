// The named files of one model, behind any store. Merges the ranges of a batch, keeps small reads for the
// next format that wants them, holds the byte budget and counts what was asked for.
#pragma once
#include <modelsig/abi.h>

#include <atomic>
#include <cstdint>
#include <deque>
#include <map>
#include <memory>
#include <mutex>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "core/host/call.hpp"
#include "core/value/builder.hpp"

namespace modelsig {

class Repo;

struct File {
  Repo* repo;
  std::string name;
  std::atomic<std::uint64_t> size{MS_SIZE_UNKNOWN};
  File* original = nullptr;  // in a folder's view: the file of the whole
  File(Repo* r, std::string n, std::uint64_t s) : repo(r), name(std::move(n)), size(s) {}
  ms_file* raw() { return reinterpret_cast<ms_file*>(this); }
  static File& of(ms_file* file) { return *reinterpret_cast<File*>(file); }
};

// What the kernel needs of a store: the C table, so that a plugin and an in-memory test store look alike.
struct StoreRef {
  const ms_store* table;
  void* self;
  std::mutex* serial = nullptr;  // held during calls into a plugin that is not thread-safe
};

class Repo {
 public:
  static constexpr std::uint64_t kMergeGap = 4096;       // a hole this small costs less than another request
  static constexpr std::uint64_t kKeepUpTo = 256u << 10; // reads up to here are kept for the next reader
  static constexpr std::uint64_t kKeepTotal = 1u << 20;
  static constexpr std::uint64_t kDefaultBudget = 4ull << 30;  // bytes per model: far above any metadata

  // throws Error; `select` is what stood behind '#'
  static std::unique_ptr<Repo> open(Call& call, StoreRef store, const std::string& uri, const std::string& select,
                                    std::uint64_t budget = kDefaultBudget);
  // The files under `folder` ("": all) as a repository of their own: their names without it, their reads those of the whole.
  static std::unique_ptr<Repo> within(Repo& whole, const std::string& folder, const std::string& select);
  ~Repo();

  const std::string& uri() const { return uri_; }
  const std::string& select() const { return select_; }
  bool has_folder(const std::string& folder) const;
  std::size_t size() const { return files_.size(); }
  File& file(std::size_t index) { return files_[index]; }
  File* find(std::string_view name);
  ms_repo* raw() { return reinterpret_cast<ms_repo*>(this); }
  static Repo& of(ms_repo* repo) { return *reinterpret_cast<Repo*>(repo); }

  ms_status read(Call& call, std::span<ms_range> ranges);   // every range has its own status behind it
  void describe(Call& call, Builder& out);                  // provenance: the store's, plus ranges and bytes

 private:
  Repo(StoreRef store, std::string uri, std::string select, std::uint64_t budget)
      : store_(std::move(store)), uri_(std::move(uri)), select_(std::move(select)), budget_(budget) {}
  bool admit(Call& call, ms_range& range);                  // checks and clamps; false: status is set
  bool from_kept(ms_range& range);
  void keep(const ms_range& range);
  ms_status read_of_whole(Call& call, std::span<ms_range> ranges);

  StoreRef store_;
  std::string uri_, select_;
  std::uint64_t budget_;
  void* handle_ = nullptr;
  Repo* whole_ = nullptr;
  std::deque<File> files_;
  std::map<std::string_view, File*> by_name_;
  std::atomic<std::uint64_t> bytes_{0}, ranges_{0};
  std::mutex lock_;
  std::uint64_t kept_bytes_ = 0;
  struct Kept { std::uint64_t offset; std::vector<std::uint8_t> bytes; bool to_end; };
  std::map<const File*, std::vector<Kept>> kept_;
};

}  // namespace modelsig
