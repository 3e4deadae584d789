#include "tensor_sink.hpp"

#include <modelsig/kit/file_message.hpp>
#include <modelsig/kit/safetensors_dtype.hpp>

#include <algorithm>
#include <cmath>

#include "header_check.hpp"
#include "text.hpp"

namespace safetensors {
namespace {

constexpr double TOTAL_TOLERANCE = 0.01;  // writers count shared tensors in more than one way
constexpr std::size_t CANCEL_EVERY = 4096;

std::string told(const auto& found) { return counted(found.count, "tensor") + " (first: " + quoted(found.first) + ")"; }
void count(auto& found, std::string_view name) {
  if (found.count++ == 0) found.first = name;
}

}  // namespace

TensorSink::TensorSink(const ms::Call& call, ms::Model model, const ShardList& list, bool strict)
    : call_(call), model_(model), list_(list), strict_(strict) {}

void TensorSink::follow_index() {
  seen_.resize(list_.index->tensors().entries().size());
  read_.resize(list_.index->shards().size());
}

bool TensorSink::first_of_its_name(const Row& row, std::uint32_t shard, Found& repeated, Found& unindexed) {
  if (list_.index) {
    const std::size_t at = list_.index->tensors().find(row.name, row.hash, last_seen_ + 1);
    if (at < seen_.size()) {
      last_seen_ = at;
      if (seen_[at]) return count(repeated, row.name), false;
      seen_[at] = true;
      if (list_.index->tensors().entries()[at].value != shard) count(unindexed, row.name);
      return true;
    }
    count(unindexed, row.name);
  } else if (list_.shards.size() == 1) {
    return true;  // the header itself was checked
  }
  if (others_.find(row.name, row.hash) != others_.entries().size()) return count(repeated, row.name), false;
  bool fresh = false;
  others_.add(other_names_.emplace_back(row.name), row.hash, 0, fresh);
  return true;
}

void TensorSink::take(ShardHeader& shard) {
  const std::string& name = shard.shard->name;
  if (!shard.error.empty()) {
    const bool told_by_finish = strict_ && list_.shards.size() == 1;
    if (!told_by_finish) call_.problem(strict_ ? MS_ERROR : MS_WARN, name, shard.error);
    if (failed_++ == 0) first_error_ = ms::with_file(shard.error, name);
    return;
  }
  std::uint32_t id = 0;
  if (list_.index) {
    const auto& shards = list_.index->shards();
    id = static_cast<std::uint32_t>(std::find_if(shards.begin(), shards.end(), [&](const IndexShard& s) { return s.file == name; }) - shards.begin());
    read_[id] = true;
  }
  if (strict_ && shard.header_only() && data_end(shard.header) > 0)
    call_.problem(MS_WARN, name, "holds only the header, no tensor data: enough for this analysis, not a checkpoint that loads");

  Found repeated, unindexed;
  std::size_t done = 0;
  for (const Row& row : shard.header.rows) {
    if (++done % CANCEL_EVERY == 0) call_.check_cancelled();
    if (!row.usable || !first_of_its_name(row, id, repeated, unindexed)) continue;
    if (strict_ && ms::safetensors_bits(row.dtype) == 0) count(unknown_dtypes_[std::string(row.dtype)], row.name);
    const bool placed = row.has_offsets && row.begin <= row.end;
    model_.add(row.name, row.dtype, shard.header.shape(row), placed ? shard.data_start() + row.begin : 0,
               placed ? row.end - row.begin : MS_SIZE_UNKNOWN, shard.shard->file);
    if (placed) data_bytes_ += row.end - row.begin;
  }
  if (!strict_) return;
  if (repeated.count)
    call_.problem(MS_WARN, name, "has " + told(repeated) + " that an earlier file has too: the earlier ones count");
  if (unindexed.count)
    call_.problem(MS_WARN, name, "has " + told(unindexed) + " that " + list_.index_name + " does not look for in it: they count all the same");
}

void TensorSink::report_index() const {
  const auto& entries = list_.index->tensors().entries();
  std::vector<Found> absent(read_.size());
  for (std::size_t i = 0; i < entries.size(); ++i)
    if (!seen_[i] && read_[entries[i].value]) count(absent[entries[i].value], entries[i].name);
  for (std::size_t i = 0; i < absent.size(); ++i)
    if (absent[i].count)
      call_.problem(MS_WARN, list_.index->shards()[i].file, "lacks " + told(absent[i]) + " that " + list_.index_name + " promises in it");
  if (list_.index->repeated())
    call_.problem(MS_WARN, list_.index_name, "names " + counted(list_.index->repeated(), "tensor") + " more than once: the last place counts");
}

void TensorSink::report_total() const {
  const double total = list_.index->total_size(), found = static_cast<double>(data_bytes_);
  if (total > 0 && std::isfinite(total) && std::abs(found - total) > total * TOTAL_TOLERANCE)
    call_.problem(MS_WARN, list_.index_name, "says that all tensors take " + std::to_string(static_cast<std::uint64_t>(std::min(total, 1e18))) +
                                                 " bytes, the shards hold " + std::to_string(data_bytes_));
}

void TensorSink::finish() {
  if (!strict_) return;
  for (const auto& [dtype, found] : unknown_dtypes_)
    call_.problem(MS_INFO, found.first, "dtype " + quoted(dtype) + " is not known here: the sizes of " + counted(found.count, "tensor") + " were not checked");
  if (list_.index) {
    report_index();
    if (failed_ == 0 && std::find(read_.begin(), read_.end(), false) == read_.end()) report_total();
  }
  if (failed_ == 0 && !list_.shards.empty()) return;
  if (list_.shards.size() == failed_)
    throw ms::Error(MS_DATA_LOSS, failed_ == 0   ? list_.index_name + ": none of the files that it names is there"
                                  : failed_ == 1 ? first_error_
                                                 : "none of the " + std::to_string(failed_) + " files can be used; " + first_error_);
}

}  // namespace safetensors
