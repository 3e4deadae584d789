#include "file_choice.hpp"

#include <modelsig/kit/file_suffix.hpp>

#include <algorithm>
#include <map>
#include <tuple>

namespace onnx {

namespace {

constexpr std::string_view SUFFIX = ".onnx", RUNTIME_SUFFIX = ".ort";

std::string_view stem(std::string_view name, std::string_view suffix) {
  name.remove_suffix(suffix.size());
  return name.substr(name.rfind('/') + 1);
}

class Ranks {
 public:
  explicit Ranks(const ms::Call& call) {
    for (ms::Node rule : call.rules("onnx_variant").items())
      for (ms::Node ending : rule["endings"].items()) variants_.emplace_back(ending.str());
    for (ms::Node rule : call.rules("onnx_file").items())
      for (ms::Node s : rule["stems"].items()) (rule["last"].boolean() ? last_ : first_).emplace_back(s.str()), rules_.emplace(s.str(), rule);
  }
  // The stem without what says which form it is.
  std::string_view base(std::string_view name) const {
    std::string_view base = stem(name, SUFFIX);
    for (const std::string& v : variants_)
      if (base.size() > v.size() && base.ends_with(v)) return base.substr(0, base.size() - v.size());
    return base;
  }
  ms::Node rule(std::string_view base) const {
    const auto it = rules_.find(base);
    return it == rules_.end() ? ms::Node() : it->second;
  }
  using Rank = std::tuple<bool, std::size_t, int, std::size_t, std::string>;
  Rank of(const std::string& name, std::string_view suffix) const {
    std::string_view base = stem(name, suffix);
    bool variant = false;
    for (const std::string& v : variants_)
      if (!variant && base.size() > v.size() && base.ends_with(v)) base.remove_suffix(v.size()), variant = true;
    const auto place = [&](const std::vector<std::string>& list) { return static_cast<std::size_t>(std::find(list.begin(), list.end(), base) - list.begin()); };
    const std::size_t first = place(first_), last = place(last_);
    const std::size_t kind = first < first_.size() ? first : last < last_.size() ? first_.size() + 1 + last : first_.size();
    const int folder = name.find('/') == name.npos ? 0 : name.starts_with("onnx/") ? 1 : 2;
    return {variant, kind, folder, static_cast<std::size_t>(std::count(name.begin(), name.end(), '/')), name};
  }

 private:
  std::vector<std::string> variants_, first_, last_;
  std::map<std::string, ms::Node, std::less<>> rules_;
};

std::vector<std::string> ranked(const ms::Call& call, ms::Repo repo, std::string_view suffix) {
  const Ranks ranks(call);
  std::vector<std::pair<Ranks::Rank, std::string>> all;
  for (std::size_t i = 0; i < repo.size(); ++i)
    if (const std::string name(repo.name(i)); ms::has_suffix(name, suffix)) all.emplace_back(ranks.of(name, suffix), name);
  std::sort(all.begin(), all.end());
  std::vector<std::string> out;
  for (auto& [rank, name] : all) out.push_back(std::move(name));
  return out;
}

bool is_variant(std::string_view name, std::string_view wanted) {
  const std::string_view base = stem(name, SUFFIX);
  return base == wanted || (base.size() > wanted.size() && base.ends_with(wanted) && (base[base.size() - wanted.size() - 1] == '_' || base[base.size() - wanted.size() - 1] == '-'));
}

// Every stem of the folder, unless one of them is known to be the whole in one, or none to be a part.
std::vector<GraphFile> by_name(ms::Repo repo, const Ranks& ranks, const FileChoice& choice) {
  std::vector<GraphFile> out;
  const std::string select(repo.select()), folder = choice.chosen.substr(0, choice.chosen.rfind('/') + 1);
  std::vector<std::string> here = choice.others;  // best first
  here.insert(here.begin(), choice.chosen);
  if (!select.empty()) std::stable_partition(here.begin(), here.end(), [&](const std::string& name) { return is_variant(name, select); });
  bool known = false;
  for (const std::string& file : here) {
    if (file.substr(0, file.rfind('/') + 1) != folder) continue;
    const std::string_view base = ranks.base(file);
    const ms::Node rule = ranks.rule(base);
    if (rule && !rule["parts"]) return {};
    known |= bool(rule);
    const std::string name(rule ? rule["id"].str() : base);
    if (std::none_of(out.begin(), out.end(), [&](const GraphFile& g) { return g.name == name; })) out.push_back({name, file, rule});
  }
  return known ? out : std::vector<GraphFile>();
}

}  // namespace

FileChoice choose_file(const ms::Call& call, ms::Repo repo) {
  const std::string select(repo.select());
  FileChoice out;
  std::vector<std::string> all = ranked(call, repo, SUFFIX);
  if (all.empty()) {
    all = ranked(call, repo, RUNTIME_SUFFIX);
    out.runtime_format = !all.empty();
  }
  auto best = all.begin();
  if (!select.empty() && repo.find(select)) {
    out.chosen = select;
    best = std::find(all.begin(), all.end(), select);
  } else if (!select.empty()) {
    best = std::find_if(all.begin(), all.end(), [&](const std::string& name) { return !out.runtime_format && is_variant(name, select); });
    if (best != all.end()) out.chosen = *best;
  } else if (best != all.end()) {
    out.chosen = *best;
  }
  if (best != all.end()) all.erase(best);
  out.others = std::move(all);
  return out;
}

void find_graphs(const ms::Call& call, ms::Repo repo, const GenaiConfig& genai, FileChoice& choice) {
  const std::string select(repo.select());
  if (choice.chosen.empty() || choice.runtime_format || repo.find(select) || stem(choice.chosen, SUFFIX) == select) return;
  const Ranks ranks(call);
  std::vector<GraphFile> graphs;
  for (ms::Node rule : call.rules("onnx_file").items())
    for (ms::Node path : rule["genai"].items())
      if (std::string file = genai.file(path.str()); !file.empty()) graphs.push_back({std::string(rule["id"].str()), std::move(file), rule});
  if (graphs.empty()) graphs = by_name(repo, ranks, choice);
  if (graphs.size() < 2) return;
  for (const GraphFile& g : graphs) {
    std::erase(choice.others, g.file);
    if (!select.empty() && !is_variant(g.file, select)) choice.unvaried.push_back(g.file);
  }
  if (std::none_of(graphs.begin(), graphs.end(), [&](const GraphFile& g) { return g.file == choice.chosen; })) choice.others.insert(choice.others.begin(), choice.chosen);
  choice.graphs = std::move(graphs);
}

int score(const ms::Call& call, ms::Repo repo) {
  const std::string_view select = repo.select();
  if (ms::has_suffix(select, SUFFIX) || ms::has_suffix(select, RUNTIME_SUFFIX)) return 100;
  if (!select.empty() && repo.find(select)) return 0;  // another format's file
  const FileChoice choice = choose_file(call, repo);
  if (!choice.chosen.empty()) return choice.runtime_format ? 20 : select.empty() ? 70 : 95;  // a variant only ONNX has
  return 0;
}

}  // namespace onnx
