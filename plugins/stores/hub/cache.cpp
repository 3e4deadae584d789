#include "cache.hpp"

#include <sys/stat.h>

#include <algorithm>
#include <charconv>
#include <cstring>

#include "cache_entry.hpp"
#include "headers.hpp"
#include "limits.hpp"

namespace fs = std::filesystem;

namespace hub {
namespace {

std::string joined(std::initializer_list<std::string_view> parts) {
  std::string out;
  for (const auto part : parts) (out += out.empty() ? "" : "\t") += part;
  return out;
}

bool make_private(const fs::path& folder) {  // metadata of gated models is nobody else's business
  std::error_code error;
  fs::create_directories(folder.parent_path(), error);
  return ::mkdir(folder.c_str(), 0700) == 0 || fs::is_directory(folder, error);
}

struct Used { fs::path folder; fs::file_time_type at; std::uint64_t bytes; };

}  // namespace

ModelCache::ModelCache(fs::path folder, std::string key) : folder_(std::move(folder)), key_(std::move(key)) {
  std::error_code error;
  for (const auto& entry : fs::directory_iterator(folder_, error)) {
    const std::string name = entry.path().filename().string();
    Range range{};
    const auto digits = [&](std::size_t from, std::size_t to, std::uint64_t& into, int base) {
      return from < to && to <= name.size() && std::from_chars(name.data() + from, name.data() + to, into, base).ptr == name.data() + to;
    };
    const auto second = name.find('-', 17);
    if (name.size() > 17 && name[16] == '-' && second != name.npos && digits(0, 16, range.file, 16) && digits(17, second, range.first, 10) &&
        digits(second + 1, name.size(), range.end, 10))
      ranges_.push_back(range);
  }
  if (!error) fs::last_write_time(folder_, fs::file_time_type::clock::now(), error);  // used just now
}

std::string ModelCache::range_key(std::string_view file, std::uint64_t first, std::uint64_t end) const {
  return joined({key_, file, std::to_string(first), std::to_string(end)});
}

fs::path ModelCache::range_path(const Range& range) const {
  return folder_ / (hex(range.file) + "-" + std::to_string(range.first) + "-" + std::to_string(range.end));
}

bool ModelCache::read(std::string_view file, std::uint64_t offset, std::uint64_t size, std::uint8_t* into) const {
  const std::uint64_t name = hash_of(file);
  for (const Range& range : ranges_) {
    if (range.file != name || range.first > offset || range.end < offset + size) continue;
    const auto entry = read_entry(range_path(range), range_key(file, range.first, range.end));
    if (!entry || entry->payload.size() != range.end - range.first) continue;
    std::memcpy(into, entry->payload.data() + (offset - range.first), size);
    return true;
  }
  return false;
}

bool ModelCache::prepare() {
  if (folder_.empty()) return false;
  if (!written_ && !make_private(folder_)) return false;
  return written_ = true;
}

void ModelCache::write(std::string_view file, std::uint64_t offset, const std::uint8_t* bytes, std::uint64_t size) {
  if (size > limits::hashed_blob || !prepare()) return;
  const Range range{hash_of(file), offset, offset + size};
  write_entry(range_path(range), range_key(file, offset, offset + size), "", {reinterpret_cast<const char*>(bytes), size});
}

std::optional<Listing> ModelCache::listing(const std::string& commit) const {
  if (folder_.empty()) return std::nullopt;
  const auto entry = read_entry(folder_ / "listing", joined({key_, "listing"}));
  if (!entry) return std::nullopt;
  Listing out{commit, {}, true, entry->note, false, {}};
  std::string_view rest = entry->payload;
  while (!rest.empty()) {
    const auto end = std::min(rest.find('\n'), rest.size()), tab = rest.find('\t');
    if (tab >= end || !is_safe_name(rest.substr(tab + 1, end - tab - 1))) return std::nullopt;
    out.files.push_back({std::string(rest.substr(tab + 1, end - tab - 1)), whole_number(rest.substr(0, tab))});
    rest.remove_prefix(std::min(end + 1, rest.size()));
  }
  return out;
}

void ModelCache::write_listing(const Listing& listing) {
  if (!prepare()) return;
  std::string text;
  for (const auto& file : listing.files) text += (file.size ? std::to_string(*file.size) : "?") + "\t" + file.name + "\n";
  write_entry(folder_ / "listing", joined({key_, "listing"}), listing.gated, text);
}

ModelCache Cache::model(const std::string& endpoint, const std::string& id, const std::string& commit) const {
  if (folder_.empty() || commit.empty()) return {};
  std::string key = joined({endpoint, id, commit});
  return ModelCache(folder_ / "models" / hex(hash_of(key)), key);
}

std::optional<std::string> Cache::commit(const std::string& endpoint, const std::string& id, const std::string& revision) const {
  if (folder_.empty()) return std::nullopt;
  const std::string key = joined({endpoint, id, revision});
  const auto entry = read_entry(folder_ / "refs" / hex(hash_of(key)), key);
  return entry && is_commit(entry->payload) ? std::optional(entry->payload) : std::nullopt;
}

void Cache::remember(const std::string& endpoint, const std::string& id, const std::string& revision, const std::string& commit_) const {
  if (folder_.empty() || is_commit(revision) || commit(endpoint, id, revision) == commit_ || !make_private(folder_ / "refs")) return;
  const std::string key = joined({endpoint, id, revision});
  write_entry(folder_ / "refs" / hex(hash_of(key)), key, "", commit_);
}

void Cache::trim(const fs::path& keep) const {
  std::error_code error;
  const auto now = fs::file_time_type::clock::now();
  std::vector<Used> models;
  std::uint64_t total = 0;
  for (const auto& model : fs::directory_iterator(folder_ / "models", error)) {
    Used used{model.path(), fs::last_write_time(model.path(), error), 0};
    for (const auto& file : fs::directory_iterator(model.path(), error)) {
      std::error_code gone;  // by another process
      const auto size = file.file_size(gone);
      if (gone) continue;
      if (file.path().filename().string().starts_with(".tmp-") && now - file.last_write_time(gone) > limits::stale_temp && !gone) fs::remove(file.path(), gone);
      else used.bytes += size;
    }
    total += used.bytes;
    models.push_back(std::move(used));
  }
  std::sort(models.begin(), models.end(), [](const Used& a, const Used& b) { return a.at < b.at; });
  for (const Used& model : models) {
    if (total <= limit_) break;
    if (model.folder == keep) continue;
    fs::remove_all(model.folder, error);
    total -= model.bytes;
  }
}

}  // namespace hub
