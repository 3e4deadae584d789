#include "core/bytes/repo.hpp"

#include <algorithm>
#include <cstring>
#include <optional>
#include <utility>

#include "core/bytes/merge.hpp"
#include "core/bytes/shown_uri.hpp"
#include "core/host/host_table.hpp"
#include "core/value/error.hpp"

namespace modelsig {

namespace {
class Serial {
 public:
  explicit Serial(std::mutex* lock) { if (lock) guard_.emplace(*lock); }
 private:
  std::optional<std::unique_lock<std::mutex>> guard_;
};
}  // namespace

std::unique_ptr<Repo> Repo::open(Call& call, StoreRef store, const std::string& uri, const std::string& select, std::uint64_t budget) {
  std::unique_ptr<Repo> repo(new Repo(std::move(store), shown_uri(uri), select, budget));
  Document listing;
  Writer writer(listing);
  {
    Serial serial(repo->store_.serial);
    call.require(call.enter([&] { return repo->store_.table->open(repo->store_.self, call.raw(), {uri.data(), uri.size()}, &repo->handle_); }));
    call.require(call.enter([&] { return repo->store_.table->list(repo->store_.self, call.raw(), repo->handle_, writer.raw()); }), writer);
  }
  const Value files = writer.finish(call.step());
  for (const Value& entry : files.items()) {
    std::string name(entry["name"].str());
    if (name.empty() || name.find('\0') != std::string::npos) throw Error(repo->uri_ + ": the store listed a file without a name");
    repo->files_.emplace_back(repo.get(), std::move(name), entry["size"].u64(MS_SIZE_UNKNOWN));
    File& file = repo->files_.back();
    if (!repo->by_name_.emplace(file.name, &file).second) throw Error(repo->uri_ + ": the store listed '" + file.name + "' twice");
  }
  return repo;
}

std::unique_ptr<Repo> Repo::within(Repo& whole, const std::string& folder, const std::string& select) {
  const std::string prefix = folder.empty() ? "" : folder + "/";
  std::unique_ptr<Repo> repo(new Repo({}, whole.uri_ + "/" + folder, select, whole.budget_));
  repo->whole_ = &whole;
  for (File& original : whole.files_) {
    if (!original.name.starts_with(prefix)) continue;
    File& file = repo->files_.emplace_back(repo.get(), original.name.substr(prefix.size()), original.size);
    file.original = &original;
    repo->by_name_.emplace(file.name, &file);
  }
  return repo;
}

bool Repo::has_folder(const std::string& folder) const {
  return std::any_of(files_.begin(), files_.end(), [&](const File& file) { return file.name.starts_with(folder + "/"); });
}

Repo::~Repo() {
  if (handle_) store_.table->close(store_.self, handle_);
}

File* Repo::find(std::string_view name) {
  auto it = by_name_.find(name);
  return it == by_name_.end() ? nullptr : it->second;
}

bool Repo::admit(Call& call, ms_range& range) {
  const auto refuse = [&](ms_status status, const std::string& text) {
    range.status = status;
    call.range_failed(&range, text);
    return false;
  };
  range.got = 0;
  range.status = MS_OK;
  if (!range.file || File::of(range.file).repo != this) return refuse(MS_INVALID_ARGUMENT, call.step() + " read a file of another model");
  File& file = File::of(range.file);
  range.name = {file.name.data(), file.name.size()};
  if (range.size && !range.into) return refuse(MS_INVALID_ARGUMENT, file.name + ": a read without a buffer");
  if (range.offset + range.size < range.offset) return refuse(MS_INVALID_ARGUMENT, file.name + ": a range beyond 64 bits");
  const std::uint64_t size = file.size;
  if (size == MS_SIZE_UNKNOWN) return true;
  range.file_size = size;
  if (range.offset + range.size <= size) return true;
  if (!(range.flags & MS_RANGE_SHORT_OK))
    return refuse(MS_DATA_LOSS, file.name + ": bytes " + std::to_string(range.offset) + " to " + std::to_string(range.offset + range.size) +
                                    " were asked for, the file has " + std::to_string(size));
  range.size = range.offset >= size ? 0 : size - range.offset;
  return true;
}

ms_status Repo::read_of_whole(Call& call, std::span<ms_range> ranges) {
  for (ms_range& range : ranges)
    if (!range.file || File::of(range.file).repo != this) return range.status = MS_INVALID_ARGUMENT, call.fail(MS_INVALID_ARGUMENT, call.step() + " read a file of another model");
  std::vector<ms_file*> asked;
  for (ms_range& range : ranges) asked.push_back(std::exchange(range.file, File::of(range.file).original->raw()));
  const ms_status status = whole_->read(call, ranges);
  for (std::size_t i = 0; i < ranges.size(); ++i) {
    ranges[i].file = asked[i];
    if (ranges[i].file_size != MS_SIZE_UNKNOWN) File::of(asked[i]).size = ranges[i].file_size;
  }
  return status;
}

ms_status Repo::read(Call& call, std::span<ms_range> ranges) {
  if (whole_) return read_of_whole(call, ranges);
  std::vector<ms_range*> wanted;
  std::uint64_t bytes = 0;
  for (ms_range& range : ranges) {
    if (!admit(call, range) || !range.size || from_kept(range)) continue;
    wanted.push_back(&range);
    bytes += range.size;
  }
  if (!wanted.empty()) {
    if (bytes_.fetch_add(bytes) + bytes > budget_) {
      for (ms_range* range : wanted) range->status = MS_LIMIT;  // none was read: no caller may take it for an empty file
      return call.fail(MS_LIMIT, uri_ + ": reading " + std::to_string(bytes) + " more bytes would exceed the budget of " +
                                     std::to_string(budget_) + " bytes per model ([limits] bytes in the pipeline)");
    }
    MergedRanges merged(wanted, kMergeGap);
    ranges_ += merged.ranges().size();
    ms_status status;
    {
      Serial serial(store_.serial);
      status = call.enter([&] { return store_.table->read(store_.self, call.raw(), handle_, merged.ranges().data(), merged.ranges().size()); });
    }
    if (status == MS_CANCELLED) return status;
    merged.hand_out(call, status);
    for (ms_range* range : wanted) {
      if (range->file_size != MS_SIZE_UNKNOWN) File::of(range->file).size = range->file_size;
      if (range->status == MS_OK && range->got < range->size && !(range->flags & MS_RANGE_SHORT_OK)) {
        range->status = MS_DATA_LOSS;
        call.range_failed(range, File::of(range->file).name + ": ends " + std::to_string(range->size - range->got) + " bytes too early");
      }
      if (range->status == MS_OK) keep(*range);
    }
  }
  for (const ms_range& range : ranges)
    if (range.status != MS_OK) return range.status;
  return MS_OK;
}

bool Repo::from_kept(ms_range& range) {
  std::lock_guard guard(lock_);
  auto it = kept_.find(&File::of(range.file));
  if (it == kept_.end()) return false;
  for (const Kept& kept : it->second) {
    const std::uint64_t end = kept.offset + kept.bytes.size();
    if (range.offset < kept.offset || range.offset > end) continue;
    const bool whole = range.offset + range.size <= end;
    if (!whole && !(kept.to_end && (range.flags & MS_RANGE_SHORT_OK))) continue;
    range.got = std::min(range.size, end - range.offset);
    std::memcpy(range.into, kept.bytes.data() + (range.offset - kept.offset), range.got);
    return true;
  }
  return false;
}

void Repo::keep(const ms_range& range) {
  if (range.got > kKeepUpTo) return;
  std::lock_guard guard(lock_);
  if (kept_bytes_ + range.got > kKeepTotal) return;
  kept_bytes_ += range.got;
  kept_[&File::of(range.file)].push_back({range.offset, {range.into, range.into + range.got}, range.got < range.size});
}

void Repo::describe(Call& call, Builder& out) {
  if (whole_) return whole_->describe(call, out);
  Document document;
  Writer writer(document);
  Value said;
  Serial serial(store_.serial);
  if (store_.table->describe && call.enter([&] { return store_.table->describe(store_.self, call.raw(), handle_, writer.raw()); }) == MS_OK) said = writer.finish(call.step());
  out.begin('{');
  for (const Member& m : said.members()) out.key(m.key), out.copy(m.value);
  if (!said.find("uri")) out.member("uri", uri_);
  if (!said.find("ranges")) out.member("ranges", Value(ranges_.load()));
  if (!said.find("bytes")) out.member("bytes", Value(bytes_.load()));
  out.end();
}

}  // namespace modelsig
