#include "shard_list.hpp"

#include <modelsig/kit/file_suffix.hpp>
#include <modelsig/kit/whole_file.hpp>

#include <algorithm>
#include <set>

#include "shard_names.hpp"
#include "text.hpp"

namespace safetensors {
namespace {

constexpr std::uint64_t MAX_INDEX = 512u << 20;
constexpr std::uint64_t GUESS = 96 * 1024;        // header of a file about which no index tells
constexpr std::uint64_t PER_TENSOR = 90;          // beside its name: 67 to 90 bytes of JSON
constexpr std::uint64_t PER_FILE = 256;           // length, metadata, padding
constexpr std::size_t MOST_NAMED = 200;           // problems of one kind; a hostile index can name half a million files
constexpr std::string_view INDEX_SUFFIX = ".safetensors.index.json";
constexpr std::string_view INDEX = "model.safetensors.index.json";
constexpr std::string_view SINGLE = "model.safetensors";
constexpr std::string_view DUMP_SUFFIX = ".safetensors-header";  // what tools save when they fetch the header only
constexpr std::string_view WHOLE_COPY = "consolidated";          // Mistral's second copy of all tensors under its own names

bool in_root(std::string_view name) { return name.find('/') == std::string_view::npos; }

std::vector<std::string_view> files_ending(ms::Repo repo, std::string_view suffix) {
  std::vector<std::string_view> out;
  for (std::size_t i = 0; i < repo.size(); ++i)
    if (const std::string_view name = repo.name(i); in_root(name) && ms::has_suffix(name, suffix)) out.push_back(name);
  std::sort(out.begin(), out.end());
  return out;
}

// What stands behind '#': a file, or a variant such as fp16 (model.fp16.safetensors).
std::string chosen_index(ms::Repo repo, bool strict) {
  const std::string select(repo.select());
  if (ms::has_suffix(select, SUFFIX) || select.ends_with(DUMP_SUFFIX)) return {};
  if (select.ends_with(INDEX_SUFFIX)) return select;
  if (!select.empty()) return "model.safetensors.index." + select + ".json";
  if (repo.find(INDEX) || !strict) return std::string(INDEX);
  const auto others = files_ending(repo, INDEX_SUFFIX);
  const bool single = repo.find(SINGLE) || others.size() != 1;
  return single ? std::string() : std::string(others.front());
}

// "diffusion_pytorch_model.fp16.safetensors" is the variant fp16 of the file without it.
std::string_view variant_of(std::string_view name) {
  if (!ms::has_suffix(name, SUFFIX)) return {};
  name.remove_suffix(SUFFIX.size());
  const std::size_t dot = name.rfind('.');
  return dot == name.npos ? std::string_view() : name.substr(dot + 1);
}

// The same weights in another dtype beside a file that has no variant in its name: one packing counts.
void drop_variants(std::vector<std::string>& names) {
  const std::set<std::string> all(names.begin(), names.end());
  std::erase_if(names, [&](const std::string& name) {
    const std::string_view variant = variant_of(name);
    return !variant.empty() && all.contains(name.substr(0, name.size() - SUFFIX.size() - variant.size() - 1) + std::string(SUFFIX));
  });
}

std::vector<std::string> files_of_variant(ms::Repo repo, std::string_view variant) {
  std::vector<std::string> out;
  for (const std::string_view name : files_ending(repo, SUFFIX))
    if (variant_of(name) == variant) out.emplace_back(name);
  return out;
}

std::vector<std::string> files_without_index(ms::Repo repo, bool strict) {
  const std::string select(repo.select());
  if (repo.find(select) || ms::has_suffix(select, SUFFIX) || select.ends_with(DUMP_SUFFIX)) return {select};
  if (!select.empty()) {
    auto named = files_of_variant(repo, select);
    return named.empty() || !strict ? std::vector{"model." + select + std::string(SUFFIX)} : named;
  }
  if (repo.find(SINGLE)) return {std::string(SINGLE)};
  const auto all = files_ending(repo, SUFFIX);
  std::vector<std::string> out(all.begin(), all.end());
  const auto copy = [](const std::string& name) { return name.starts_with(WHOLE_COPY); };
  if (strict && !std::all_of(out.begin(), out.end(), copy)) std::erase_if(out, copy);
  if (strict) drop_variants(out);
  if (out.empty() && strict)
    for (std::string_view dump : files_ending(repo, DUMP_SUFFIX)) out.emplace_back(dump);
  return out;
}

// "12 tensors (first: 'model.norm.weight')"
std::string tensors_of(const IndexShard& shard) { return counted(shard.tensors, "tensor") + " (first: " + quoted(shard.first) + ")"; }

void add_indexed(const ms::Call& call, ms::Repo repo, bool strict, ShardList& out) {
  const int level = strict ? MS_ERROR : MS_WARN;
  const auto gone = [&](const IndexShard& shard) { return !outside(shard.file).empty() || !repo.find(shard.file); };
  if (std::any_of(out.index->shards().begin(), out.index->shards().end(), gone)) out.index->settle();  // how many tensors it takes along
  std::size_t refused = 0, missing = 0;
  for (const IndexShard& shard : out.index->shards()) {
    if (const std::string why = outside(shard.file); !why.empty()) {
      if (refused++ < MOST_NAMED)
        call.problem(level, out.index_name, "names the file " + quoted(shard.file) + ", which " + why + "; it is not read, and " + tensors_of(shard) + " with it");
    } else if (const ms::File file = repo.find(shard.file); !file) {
      if (missing++ < MOST_NAMED)
        call.problem(level, shard.file, "is named by " + out.index_name + " for " + tensors_of(shard) + ", but is not there: download it");
    } else {
      out.shards.push_back({std::string(shard.file), file, shard.name_bytes + shard.tensors * PER_TENSOR + PER_FILE});
    }
  }
  for (const auto& [count, what] : {std::pair(refused, " that lead out of the model's folder"), std::pair(missing, " that are not there")})
    if (count > MOST_NAMED) call.problem(level, out.index_name, "names " + counted(count - MOST_NAMED, "more file") + what);
  std::sort(out.shards.begin(), out.shards.end(), [](const Shard& a, const Shard& b) { return a.name < b.name; });
}

void report_strays(const ms::Call& call, ms::Repo repo, const ShardList& list) {
  std::set<std::string_view> named, sets;
  for (const IndexShard& shard : list.index->shards()) {
    named.insert(shard.file);
    if (Part part{}; is_part(shard.file, part)) sets.insert(part.set);
  }
  for (std::string_view name : files_ending(repo, SUFFIX))
    if (Part part{}; !named.count(name) && is_part(name, part) && sets.count(part.set))
      call.problem(MS_WARN, name, "looks like a shard, but " + list.index_name + " does not name it: it is not read");
}

// The index of the list, if there is a sound one.
void read_index(const ms::Call& call, ms::Repo repo, bool strict, ShardList& out) {
  out.index_name = chosen_index(repo, strict);
  const ms::File file = repo.find(out.index_name);
  if (!file) return;
  std::vector<ms::WholeFile> files(1);
  files[0].file = file;
  ms::read_whole(call, files, MAX_INDEX);
  std::string why = std::move(files[0].error);
  if (why.empty()) {
    out.index = std::make_unique<Index>(std::move(files[0].text));
    why = out.index->parse();
  }
  const bool no_map = why == "has no weight_map";
  if (!why.empty() && !strict && !no_map) throw ms::Error(MS_DATA_LOSS, out.index_name + ": " + why);
  if (!why.empty() && strict) {
    call.problem(MS_ERROR, out.index_name, why + "; the safetensors files of the folder are read without it");
    out.index.reset();
  }
}

}  // namespace

int score(ms::Repo repo) {
  const std::string_view select = repo.select();
  if (ms::has_suffix(select, SUFFIX) || select.ends_with(INDEX_SUFFIX) || select.ends_with(DUMP_SUFFIX)) return 100;
  if (!select.empty() && repo.find(select)) return 0;  // a file of another format was asked for
  // what stands behind '#' may be another format's: then that one's claim is the better
  const bool ours = select.empty() || repo.find(chosen_index(repo, true)) || !files_of_variant(repo, select).empty();
  if (!ours) return !files_ending(repo, SUFFIX).empty() || repo.find(INDEX) ? 40 : 0;
  if (repo.find(INDEX) || repo.find(SINGLE)) return 100;
  return !files_ending(repo, SUFFIX).empty() || !files_ending(repo, INDEX_SUFFIX).empty() || !files_ending(repo, DUMP_SUFFIX).empty() ? 90 : 0;
}

bool index_is_broken(const ms::Call& call, ms::Repo repo) {
  try {
    ShardList list;
    read_index(call, repo, false, list);
    return false;
  } catch (const ms::Error&) {
    return true;
  }
}

ShardList find_shards(const ms::Call& call, ms::Repo repo, bool strict) {
  ShardList out;
  read_index(call, repo, strict, out);
  if (out.index) {
    add_indexed(call, repo, strict, out);
    if (strict) report_strays(call, repo, out);
    return out;
  }
  const std::vector<std::string> names = files_without_index(repo, strict);
  for (const std::string& name : names) {
    const ms::File file = repo.find(name);
    if (!file) throw ms::Error(MS_NOT_FOUND, name + ": is not in " + std::string(repo.uri()));
    out.shards.push_back({name, file, GUESS});
  }
  if (out.shards.empty()) throw ms::Error(MS_NOT_FOUND, std::string(repo.uri()) + ": has no file whose name ends in .safetensors");
  if (strict)
    for (const MissingParts& set : missing_parts(names)) call.problem(MS_ERROR, set.pattern, set.text);
  return out;
}

}  // namespace safetensors
