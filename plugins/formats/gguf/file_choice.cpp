#include "file_choice.hpp"

#include <modelsig/kit/file_suffix.hpp>

#include <algorithm>
#include <charconv>
#include <map>

#include "text.hpp"

namespace gguf {

namespace {

constexpr std::uint64_t UNRANKED = 1000;
constexpr std::size_t MISSING_SHOWN = 5;

// "model-00002-of-00003.gguf" -> {"model-", 2, 3}
struct Shard { std::string_view set; unsigned number = 0, count = 0; };

bool is_shard(std::string_view name, Shard& out) {
  if (!ms::has_suffix(name, SUFFIX)) return false;
  name.remove_suffix(SUFFIX.size());
  const std::size_t of = name.rfind("-of-");
  if (of == std::string_view::npos) return false;
  std::size_t digits = of;
  while (digits > 0 && name[digits - 1] >= '0' && name[digits - 1] <= '9') --digits;
  const auto a = std::from_chars(name.data() + digits, name.data() + of, out.number);
  const auto b = std::from_chars(name.data() + of + 4, name.data() + name.size(), out.count);
  out.set = name.substr(0, digits);
  return digits < of && a.ec == std::errc() && b.ec == std::errc() && b.ptr == name.data() + name.size();
}

struct Variant { std::string first; std::map<unsigned, std::string> shards; unsigned count = 0; std::uint64_t rank = UNRANKED; };

bool is_word_char(char c) { return std::isalnum(static_cast<unsigned char>(c)) || c == '_'; }

// Whether `word` stands in `name` as a word of its own, whatever the letters' case: "Q4_K" is not in "Q4_K_M".
bool names(std::string_view name, std::string_view word) {
  const auto same = [](char a, char b) { return std::tolower(static_cast<unsigned char>(a)) == std::tolower(static_cast<unsigned char>(b)); };
  for (auto at = name.begin(); at != name.end(); ++at) {
    at = std::search(at, name.end(), word.begin(), word.end(), same);
    if (at == name.end()) return false;
    const auto end = at + static_cast<std::ptrdiff_t>(word.size());
    if ((at == name.begin() || !is_word_char(at[-1])) && (end == name.end() || !is_word_char(*end))) return true;
  }
  return false;
}

std::vector<Variant> find_variants(const ms::Call& call, ms::Repo repo, Choice& out) {
  std::map<std::string, Variant> found;
  const bool alone = repo.size() == 1;  // it was named
  for (std::size_t i = 0; i < repo.size(); ++i) {
    const std::string_view name = repo.name(i);
    if (!ms::has_suffix(name, SUFFIX)) continue;
    const std::string_view base = name.substr(name.rfind('/') + 1);
    const ms::Node beside = name != repo.select() && !alone ? call.rule("gguf_beside", base) : ms::Node();
    if (beside) {
      out.beside.push_back({std::string(name), beside});
      continue;
    }
    Shard shard;
    const bool split = is_shard(name, shard);
    Variant& variant = found[split ? std::string(shard.set) + "*" + std::to_string(shard.count) : std::string(name)];
    if (split) variant.count = shard.count;
    variant.shards.emplace(split ? shard.number : 0, name);
    if (const ms::Node rule = call.rule("gguf_variant", base)) variant.rank = rule["rank"].u64(UNRANKED);
  }
  std::vector<Variant> all;
  for (auto& [key, variant] : found) {
    variant.first = variant.shards.begin()->second;
    all.push_back(std::move(variant));
  }
  const auto rank = [&](const Beside& b) { return call.rule("gguf_variant", std::string_view(b.name).substr(b.name.rfind('/') + 1))["rank"].u64(UNRANKED); };
  std::stable_sort(out.beside.begin(), out.beside.end(), [&](const Beside& a, const Beside& b) { return rank(a) < rank(b); });
  const auto depth = [](const Variant& v) { return std::count(v.first.begin(), v.first.end(), '/'); };
  std::stable_sort(all.begin(), all.end(), [&](const Variant& a, const Variant& b) { return std::pair(a.rank, depth(a)) < std::pair(b.rank, depth(b)); });
  return all;
}

void report_missing(const ms::Call& call, const Variant& chosen) {
  if (chosen.shards.size() >= chosen.count) return;
  std::string missing;
  std::size_t shown = 0;
  for (unsigned i = 1; i <= chosen.count && shown < MISSING_SHOWN; ++i)
    if (!chosen.shards.contains(i)) missing.append(shown++ ? ", " : "").append(std::to_string(i));
  if (chosen.count - chosen.shards.size() > shown) missing.append(", ...");
  call.problem(MS_ERROR, chosen.first, "is one of a set of which " + std::to_string(chosen.shards.size()) + " of " + counted(chosen.count, "file") + " are here, missing: " + missing + ": download them");
}

}  // namespace

int score(ms::Repo repo) {
  const std::string_view select = repo.select();
  if (ms::has_suffix(select, SUFFIX)) return 100;
  bool any = false;
  for (std::size_t i = 0; i < repo.size(); ++i) {
    if (!ms::has_suffix(repo.name(i), SUFFIX)) continue;
    if (!select.empty() && names(repo.name(i), select)) return 90;
    any = true;
  }
  return !any ? 0 : select.empty() ? 80 : 30;
}

Choice choose_files(const ms::Call& call, ms::Repo repo) {
  Choice out;
  const std::vector<Variant> all = find_variants(call, repo, out);
  const std::string select(repo.select());
  const auto wanted = [&](const Variant& v) {
    if (select.empty()) return true;
    const auto is_it = [&](const auto& shard) { return shard.second == select; };
    return std::any_of(v.shards.begin(), v.shards.end(), is_it) || (!ms::has_suffix(select, SUFFIX) && names(v.first, select));
  };
  const auto chosen = std::find_if(all.begin(), all.end(), wanted);
  if (chosen == all.end()) {
    std::string known;
    for (const Variant& v : all) known += (known.empty() ? "" : ", ") + v.first;
    if (select.empty() && out.beside.empty()) throw ms::Error(MS_NOT_FOUND, std::string(repo.uri()) + ": has no file whose name ends in .gguf");
    if (select.empty()) throw ms::Error(MS_NOT_FOUND, std::string(repo.uri()) + ": has only GGUF files beside a model (" + out.beside.front().name + "): name the one you want behind '#'");
    throw ms::Error(MS_NOT_FOUND, std::string(repo.uri()) + ": no GGUF file is called " + quoted(select) + "; there are: " + printable(known));
  }
  for (const auto& [number, name] : chosen->shards) out.files.push_back(repo.find(name));
  for (const Variant& v : all)
    if (&v != &*chosen) out.others.push_back(v.first);
  report_missing(call, *chosen);
  return out;
}

}  // namespace gguf
