// A config in, a sparse safetensors checkpoint out: what the family promises, true names, shapes and dtypes.
#include <unistd.h>

#include <cstdio>
#include <fstream>

#include "core/model/family_link.hpp"
#include "core/pipeline/analyse.hpp"
#include "tools/checkpoint_writer/checkpoint_writer.hpp"
#include "tools/modelsig/app.hpp"

namespace modelsig::cli {

namespace {

namespace fs = std::filesystem;

// "4300MB", "4GiB", "1000000"
std::uint64_t parse_size(const std::string& text) {
  std::size_t end = 0;
  std::uint64_t number = 0;
  try {
    number = std::stoull(text, &end);
  } catch (const std::exception&) {
    end = 0;
  }
  const std::string unit = text.substr(end);
  std::uint64_t factor = 0;
  for (const auto& [name, bytes] : {std::pair<const char*, std::uint64_t>{"", 1}, {"B", 1}, {"KB", 1000}, {"MB", 1000'000}, {"GB", 1000'000'000},
                                    {"KiB", 1u << 10}, {"MiB", 1u << 20}, {"GiB", 1u << 30}})
    if (unit == name) factor = bytes;
  std::uint64_t bytes = 0;
  if (!end || text[0] == '-' || !factor || !number || __builtin_mul_overflow(number, factor, &bytes))
    throw Error("--shard-size " + text + ": expected a size such as 500MB, 4GB or 2GiB");
  return bytes;
}

// A config that is not called config.json is looked at through a folder where it is.
class ConfigFolder {
 public:
  explicit ConfigFolder(const fs::path& given) : path_(given) {
    std::error_code error;
    if (fs::is_directory(given, error)) return;
    if (!fs::is_regular_file(given, error)) throw Error(given.string() + ": no such file or folder");
    std::string pattern = (fs::temp_directory_path() / "modelsig-config-XXXXXX").string();
    if (!mkdtemp(pattern.data())) throw Error(pattern + ": cannot be created");
    path_ = pattern, temporary_ = true;
    fs::create_symlink(fs::absolute(given), path_ / "config.json");
  }
  ~ConfigFolder() {
    std::error_code ignored;
    if (temporary_) fs::remove_all(path_, ignored);
  }
  ConfigFolder(const ConfigFolder&) = delete;
  ConfigFolder& operator=(const ConfigFolder&) = delete;
  const fs::path& path() const { return path_; }

 private:
  fs::path path_;
  bool temporary_ = false;
};

void copy_configs(const fs::path& from, const fs::path& to) {
  for (const char* name : {"config.json", "hf_quant_config.json", "generation_config.json"}) {
    std::error_code ignored;
    if (fs::is_regular_file(from / name, ignored) && !fs::equivalent(from, to, ignored))
      fs::copy_file(from / name, to / name, fs::copy_options::overwrite_existing);
  }
}

}  // namespace

int make_checkpoint_command(App& app) {
  const Options& o = app.options;
  if (o.arguments.size() != 2) throw Error("make-checkpoint takes two words, CONFIG|DIR and OUT, not " + std::to_string(o.arguments.size()));
  const ConfigFolder folder(o.arguments[0]);
  const std::uint64_t shard_size = o.shard_size.empty() ? 0 : parse_size(o.shard_size);

  Pipeline pipeline = app.pipeline();
  pipeline.families = true;
  std::erase_if(pipeline.steps, [](const Step& s) { return s.kind == MS_LAYER; });
  Plan plan(pipeline, app.registry(), pipeline.flags);
  const LoadedKnowledge loaded = app.knowledge(pipeline);
  const Knowledge known = loaded.view();
  auto fingerprint = Analysis{plan, app.session, known, true}.run(Target::parse("local:" + folder.path().string()));
  for (const Problem& p : fingerprint->problems().sorted())
    if (p.level >= MS_ERROR) throw Error(o.arguments[0] + ": " + p.text);
  const FamilyLink* family = fingerprint->model->family();
  if (!family) throw Error(o.arguments[0] + ": no family file serves this model; 'modelsig families list' shows those there are");

  const Model& model = *fingerprint->model;
  std::vector<checkpoint::Tensor> tensors(model.size());
  for (std::size_t i = 0; i < model.size(); ++i) {
    const std::string_view dtype = model.dtype(i);
    tensors[i] = {std::string(model.name(i)), dtype.empty() ? o.dtype : std::string(dtype), {model.shape(i).begin(), model.shape(i).end()}};
  }
  const fs::path out = o.arguments[1];
  fs::create_directories(out);
  const auto written = checkpoint::write(out, tensors, shard_size);
  copy_configs(folder.path(), out);
  std::printf("%s: %zu tensors of family '%s', %zu file%s, %.2f GB of holes\n", out.c_str(), tensors.size(), family->name().c_str(),
              written.files.size(), written.files.size() == 1 ? "" : "s", static_cast<double>(written.bytes) / 1e9);
  return kOk;
}

}  // namespace modelsig::cli
