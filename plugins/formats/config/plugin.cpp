// format.config: config.json and its companions become parts of the model, unchanged. What a field means is for rules.
#include <modelsig/kit/file_kind.hpp>
#include <modelsig/kit/json_document.hpp>
#include <modelsig/kit/whole_file.hpp>
#include <modelsig/plugin.hpp>

namespace {

// A row of rule table "config_file".
struct Source {
  std::string_view file, part;
  int broken = MS_ERROR;  // how bad it is if the file cannot be used: what says nothing of the structure only warns
  bool list = false;      // a JSON list is what it holds
};
constexpr std::uint64_t MAX_SIZE = 64u << 20;

class Config {
 public:
  explicit Config(ms::Node options) : max_size_(options["max_size"].u64(MAX_SIZE)) {}

  int probe(ms::Call& call, ms::Repo repo) const { return wanted(call, repo).empty() ? 0 : 100; }

  void parse(ms::Call& call, ms::Repo repo, ms::Model model) const {
    const std::vector<Source> sources = wanted(call, repo);
    std::vector<ms::WholeFile> files(sources.size());
    for (std::size_t i = 0; i < sources.size(); ++i) files[i].file = repo.find(sources[i].file);
    ms::read_whole(call, files, max_size_);
    for (std::size_t i = 0; i < sources.size(); ++i) add(call, sources[i], files[i], model);
  }

 private:
  static std::vector<Source> wanted(const ms::Call& call, ms::Repo repo) {
    std::vector<Source> out;
    for (ms::Node rule : call.rules("config_file").items()) {
      const Source source{rule["file"].str(), rule["part"].str(), rule["broken"].str() == "warning" ? MS_WARN : MS_ERROR, rule["list"].boolean()};
      if (repo.find(source.file) && !repo.find(rule["unless"].str())) out.push_back(source);
    }
    return out;
  }

  static void add(ms::Call& call, const Source& source, ms::WholeFile& file, ms::Model model) {
    const auto refuse = [&](const std::string& why) { call.problem(source.broken, source.file, why); };
    if (!file.error.empty()) return refuse(file.error);
    const std::string original(file.text.view());  // for line and column: the text is parsed in place
    ms::json::Document document;
    if (const auto fault = document.parse(file.text)) {
      const ms::FileKind kind = ms::file_kind(original);
      if (kind != ms::FileKind::JSON && kind != ms::FileKind::UNKNOWN) return refuse("is " + std::string(ms::describe(kind)));
      const ms::json::Position at = ms::json::position(original, fault->offset);
      return refuse("line " + std::to_string(at.line) + ", column " + std::to_string(at.column) + ": " + fault->reason);
    }
    if (!document.is_object() && !(source.list && document.kind() == std::string_view("a list")))
      return refuse(std::string("is ") + document.kind() + ", but " + (source.list ? "a list belongs there" : "a configuration is a JSON object"));
    ms::Writer out = model.add_part(source.part);
    document.write(out, [&](std::string_view key) {
      call.problem(MS_WARN, source.file, "has '" + std::string(key) + "' more than once in one object: the last one counts");
    });
  }

  std::uint64_t max_size_;
};

}  // namespace

MODELSIG_PLUGIN("org.modelsig.format.config", "1.0.0", "Apache-2.0", ms::format<Config>("format.config"))
