#include "file_choice.hpp"

#include <modelsig/kit/file_kind.hpp>
#include <modelsig/kit/file_suffix.hpp>
#include <modelsig/kit/whole_file.hpp>

#include <algorithm>

#include "../safetensors/shard_names.hpp"
#include "../safetensors/text.hpp"

namespace pytorch {
namespace {

constexpr std::uint64_t MAX_INDEX = 512u << 20;
constexpr std::string_view SINGLE = "pytorch_model.bin", INDEX_SUFFIX = ".bin.index.json", BIN = ".bin";
constexpr std::string_view SUFFIXES[] = {".bin", ".pt", ".pth"};
constexpr std::string_view USUAL[] = {"pytorch_model.bin", "adapter_model.bin", "model.pt", "model.pth"};  // in this order
constexpr std::size_t KIND_BYTES = 16, MOST_TRIED = 8;

bool is_torch(std::string_view name) { return std::any_of(std::begin(SUFFIXES), std::end(SUFFIXES), [&](std::string_view s) { return ms::has_suffix(name, s); }); }

std::vector<std::string> candidates(ms::Repo repo, const Options& options) {
  std::vector<std::string> out;
  for (std::size_t i = 0; i < repo.size(); ++i) {
    const std::string_view name = repo.name(i);
    const bool ignored = std::any_of(options.ignore.begin(), options.ignore.end(), [&](const std::string& stem) { return name.starts_with(stem); });
    if (name.find('/') == std::string_view::npos && is_torch(name) && !ignored) out.emplace_back(name);
  }
  std::sort(out.begin(), out.end());
  return out;
}

// A .bin can be anything: what its first bytes say.
bool begins_like_one(const ms::Call& call, ms::Repo repo, const std::string& name) {
  std::uint8_t start[KIND_BYTES];
  ms_range range = repo.find(name).range(0, sizeof start, start, MS_RANGE_SHORT_OK);
  if (!ms::read(call, {&range, 1})) return false;
  const ms::FileKind kind = ms::file_kind({reinterpret_cast<const char*>(start), static_cast<std::size_t>(range.got)});
  return kind == ms::FileKind::ZIP || kind == ms::FileKind::PICKLE;
}

std::string index_of(ms::Repo repo) {
  const std::string select(repo.select());
  if (select.ends_with(INDEX_SUFFIX)) return select;
  if (!select.empty()) return "pytorch_model.bin.index." + select + ".json";
  std::string only;
  for (std::size_t i = 0; i < repo.size(); ++i) {
    const std::string_view name = repo.name(i);
    if (name.find('/') != std::string_view::npos || !name.ends_with(INDEX_SUFFIX)) continue;
    if (name == std::string(SINGLE) + ".index.json" || only.empty()) only = name;
  }
  return only;
}

void read_index(const ms::Call& call, ms::Repo repo, FileChoice& out) {
  out.index_name = index_of(repo);
  const ms::File file = repo.find(out.index_name);
  if (!file) return;
  std::vector<ms::WholeFile> files(1);
  files[0].file = file;
  ms::read_whole(call, files, MAX_INDEX);
  std::string why = std::move(files[0].error);
  if (why.empty()) {
    out.index = std::make_unique<safetensors::Index>(std::move(files[0].text));
    why = out.index->parse();
  }
  if (why.empty()) return;
  call.problem(MS_ERROR, out.index_name, why + "; the PyTorch files of the folder are read without it");
  out.index.reset();
}

void add_indexed(const ms::Call& call, ms::Repo repo, FileChoice& out) {
  for (const safetensors::IndexShard& shard : out.index->shards()) {
    const std::string tensors = safetensors::counted(shard.tensors, "tensor") + " (first: " + safetensors::quoted(shard.first) + ")";
    if (const std::string why = safetensors::outside(shard.file); !why.empty())
      call.problem(MS_ERROR, out.index_name, "names the file " + safetensors::quoted(shard.file) + ", which " + why + "; it is not read, and " + tensors + " with it");
    else if (const ms::File file = repo.find(shard.file); !file)
      call.problem(MS_ERROR, shard.file, "is named by " + out.index_name + " for " + tensors + ", but is not there: download it");
    else
      out.files.emplace_back(shard.file, file);
  }
}

// Without an index: the usual names first, then a set of parts, then the first file, and the others are named.
std::vector<std::string> without_index(const ms::Call& call, ms::Repo repo, const Options& options) {
  const std::string select(repo.select());
  if (repo.find(select) || is_torch(select)) return {select};
  if (!select.empty()) return {"pytorch_model." + select + std::string(BIN)};
  const std::vector<std::string> all = candidates(repo, options);
  for (const std::string_view usual : USUAL)
    if (std::find(all.begin(), all.end(), usual) != all.end()) return {std::string(usual)};
  std::vector<std::string> parts, whole;
  for (const std::string& name : all) {
    safetensors::Part part{};
    const bool numbered = safetensors::is_part(name, part, BIN) || (name.starts_with("consolidated.") && ms::has_suffix(name, ".pth"));
    (numbered ? parts : whole).push_back(name);
  }
  if (!parts.empty()) return parts;
  for (std::size_t i = 1; i < whole.size(); ++i)
    call.problem(MS_INFO, whole[i], "is another checkpoint beside " + whole[0] + ", which counts; choose this one with #" + whole[i]);
  whole.resize(std::min<std::size_t>(whole.size(), 1));
  return whole;
}

}  // namespace

int score(const ms::Call& call, ms::Repo repo, const Options& options) {
  constexpr int CHOSEN = 100, USUAL_NAME = 80, OWN_SUFFIX = 60, BY_CONTENT = 40;
  const std::string_view select = repo.select();
  if (repo.find(select)) return is_torch(select) || select.ends_with(INDEX_SUFFIX) ? CHOSEN : 0;
  if (repo.find(index_of(repo))) return USUAL_NAME;
  if (!select.empty()) return repo.find("pytorch_model." + std::string(select) + std::string(BIN)) ? USUAL_NAME : 0;
  const std::vector<std::string> all = candidates(repo, options);
  safetensors::Part part{};
  for (const std::string& name : all)
    if (name == SINGLE || name == "adapter_model.bin" || (name.starts_with("pytorch_model") && safetensors::is_part(name, part, BIN))) return USUAL_NAME;
  if (std::any_of(all.begin(), all.end(), [](const std::string& name) { return !ms::has_suffix(name, BIN); })) return OWN_SUFFIX;
  for (std::size_t i = 0; i < all.size() && i < MOST_TRIED; ++i)
    if (begins_like_one(call, repo, all[i])) return BY_CONTENT;
  return 0;
}

FileChoice choose_files(const ms::Call& call, ms::Repo repo, const Options& options) {
  FileChoice out;
  if (const std::string_view select = repo.select(); !repo.find(select) || select.ends_with(INDEX_SUFFIX)) read_index(call, repo, out);
  if (out.index) {
    add_indexed(call, repo, out);
  } else {
    const std::vector<std::string> names = without_index(call, repo, options);
    for (const std::string& name : names) {
      const ms::File file = repo.find(name);
      if (!file) throw ms::Error(MS_NOT_FOUND, name + ": is not in " + std::string(repo.uri()));
      out.files.emplace_back(name, file);
    }
    for (const safetensors::MissingParts& set : safetensors::missing_parts(names, BIN)) call.problem(MS_ERROR, set.pattern, set.text);
    if (out.files.empty()) throw ms::Error(MS_NOT_FOUND, std::string(repo.uri()) + ": has no file whose name ends in .bin, .pt or .pth");
  }
  std::sort(out.files.begin(), out.files.end(), [](const auto& a, const auto& b) { return a.first < b.first; });
  return out;
}

}  // namespace pytorch
