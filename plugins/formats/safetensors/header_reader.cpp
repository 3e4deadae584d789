#include "header_reader.hpp"

#include <modelsig/kit/file_kind.hpp>
#include <modelsig/kit/file_message.hpp>
#include <modelsig/kit/json.hpp>

#include <algorithm>

#include "header_check.hpp"
#include "header_handler.hpp"

namespace safetensors {
namespace {

// A wave of requests goes out together: large enough that a hundred shards are one round trip, small enough for memory.
constexpr std::uint64_t WAVE_BYTES = 16u << 20;
constexpr std::uint64_t GROUP_BYTES = 2u << 20;  // parsed together, while the group before is handed on
constexpr std::size_t TYPICAL_ROW = 128;         // bytes of header per tensor
constexpr std::size_t KIND_BYTES = 512;

// Leading items whose sizes sum up to `limit`; at least one.
template <class Items, class Size>
std::size_t prefix(const Items& items, std::uint64_t limit, Size size) {
  std::size_t count = 0;
  for (std::uint64_t sum = 0; count < items.size(); ++count) {
    sum += size(items[count]);
    if (sum > limit && count > 0) break;
  }
  return count;
}

std::uint64_t little_endian(const std::uint8_t* bytes) {
  std::uint64_t value = 0;
  for (std::size_t i = LENGTH_BYTES; i-- > 0;) value = value << 8 | bytes[i];
  return value;
}

std::uint64_t rest_size(const ShardHeader& shard) {
  return shard.error.empty() && shard.data_start() > shard.text.size() ? shard.data_start() - shard.text.size() : 0;
}

// The kernel's sentence names the file, and so does the subject of the problem.
std::string read_error(const ms::Call& call, const ms_range& range, std::string_view name) { return std::string(ms::without_file(ms::error(call, range), name)); }

}  // namespace

void HeaderReader::run(std::span<const Shard> shards, const std::function<void()>& meanwhile, const std::function<void(ShardHeader&)>& take) {
  std::function<void()> before = meanwhile;
  std::size_t done = 0;
  while (done < shards.size()) {
    call_.check_cancelled();
    const auto next = shards.subspan(done);
    std::vector<ShardHeader> wave(prefix(next, WAVE_BYTES, [](const Shard& s) { return s.expected_header; }));
    for (std::size_t i = 0; i < wave.size(); ++i) wave[i].shard = &next[i];
    read_starts(wave);
    for (std::span<ShardHeader> left = wave; !left.empty();) {
      const auto batch = left.first(prefix(left, WAVE_BYTES, rest_size));
      read_rests(batch);
      for (std::span<ShardHeader> unparsed = batch; !unparsed.empty();) {
        const auto group = unparsed.first(prefix(unparsed, GROUP_BYTES, [](const ShardHeader& s) { return s.length; }));
        const std::size_t first = before ? 1 : 0;  // alone, a shard is parsed by this thread
        call_.parallel(group.size() + first, [&](std::size_t i) { i < first ? before() : parse(group[i - first]); });
        before = [group, &take] {
          for (ShardHeader& shard : group) {
            take(shard);
            shard = {};
          }
        };
        unparsed = unparsed.subspan(group.size());
      }
      left = left.subspan(batch.size());
    }
    if (before) before();
    before = nullptr;
    done += wave.size();
    call_.progress(done, shards.size());
  }
  if (before) before();
}

void HeaderReader::read_starts(std::span<ShardHeader> wave) {
  std::vector<ms_range> ranges;
  for (ShardHeader& shard : wave) {
    const std::uint64_t size = std::min(shard.shard->expected_header, shard.shard->file.size());  // an unknown size is the largest
    shard.text = ms::TextBuffer(static_cast<std::size_t>(size));
    ranges.push_back(shard.shard->file.range(0, size, shard.text.bytes(), MS_RANGE_SHORT_OK));
  }
  ms::read(call_, ranges);
  for (std::size_t i = 0; i < wave.size(); ++i) look_at_start(wave[i], ranges[i]);
}

void HeaderReader::look_at_start(ShardHeader& shard, const ms_range& range) const {
  const auto refuse = [&](std::string why) { shard.error = std::move(why); };
  if (range.status != MS_OK) return refuse(read_error(call_, range, shard.shard->name));
  shard.text.resize(static_cast<std::size_t>(range.got));
  shard.file_size = range.file_size != MS_SIZE_UNKNOWN ? range.file_size : shard.shard->file.size();
  const ms::FileKind kind = ms::file_kind(shard.text.view().substr(0, KIND_BYTES));
  if (kind == ms::FileKind::JSON) return refuse("is JSON text, not a safetensors file");
  if (kind != ms::FileKind::SAFETENSORS && kind != ms::FileKind::UNKNOWN) return refuse("is " + std::string(ms::describe(kind)));
  if (range.got < LENGTH_BYTES) return refuse("is " + std::to_string(range.got) + " bytes long, too short for a safetensors file");
  shard.length = little_endian(shard.text.bytes());
  const std::uint64_t after = shard.file_size == MS_SIZE_UNKNOWN ? UINT64_MAX : shard.file_size - LENGTH_BYTES;
  if (!options_.strict) shard.length = std::min(shard.length, after);
  const std::string length = "says that its header is " + std::to_string(shard.length) + " bytes long";
  const std::string judgement = ": it is no safetensors file, or damaged";
  if (shard.length > after) return refuse(length + ", but the whole file has " + std::to_string(shard.file_size) + judgement);
  if (shard.length > options_.max_header)
    return refuse(length + ", more than the limit of " + std::to_string(options_.max_header) + judgement + " (option max_header)");
}

void HeaderReader::read_rests(std::span<ShardHeader> batch) {
  std::vector<ms_range> ranges;
  std::vector<ShardHeader*> asked;
  for (ShardHeader& shard : batch) {
    const std::uint64_t missing = rest_size(shard);
    if (missing == 0) continue;
    const std::size_t have = shard.text.size();
    ms::TextBuffer whole(static_cast<std::size_t>(shard.data_start()));
    std::memcpy(whole.data(), shard.text.data(), have);
    whole.resize(whole.capacity());
    shard.text = std::move(whole);
    ranges.push_back(shard.shard->file.range(have, missing, shard.text.bytes() + have));
    asked.push_back(&shard);
  }
  if (ranges.empty() || ms::read(call_, ranges)) return;
  for (std::size_t i = 0; i < ranges.size(); ++i)
    if (ranges[i].status != MS_OK) asked[i]->error = read_error(call_, ranges[i], asked[i]->shard->name);
}

void HeaderReader::parse(ShardHeader& shard) const {
  if (!shard.error.empty()) return;
  shard.header.rows.reserve(static_cast<std::size_t>(shard.length) / TYPICAL_ROW + 8);
  shard.header.axes.reserve(static_cast<std::size_t>(shard.length) / TYPICAL_ROW * 2 + 8);
  HeaderHandler handler(shard.header, options_.strict);
  char* text = shard.text.data() + LENGTH_BYTES;
  if (const auto fault = ms::json::parse<ms::json::HEADER>(text, static_cast<std::size_t>(shard.length), handler)) {
    const bool ours = !handler.reason.empty();  // a sentence about a tensor needs no position
    shard.error = ours ? fault->reason : "the header is broken at its byte " + std::to_string(fault->offset) + ": " + fault->reason;
  } else if (options_.strict) {
    shard.error = check(shard.header, shard.file_size == MS_SIZE_UNKNOWN ? UINT64_MAX : shard.file_size - shard.data_start());
  } else {
    merge_duplicates(shard.header);
  }
  if (!shard.error.empty()) shard.header = {};
}

}  // namespace safetensors
