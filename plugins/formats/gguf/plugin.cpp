// format.gguf: tensors and metadata from the headers of GGUF files. The metadata also becomes the part "config" where no file
// brings one, so that families serve GGUF as they serve checkpoints with a config.json.
#include <modelsig/kit/file_message.hpp>
#include <modelsig/plugin.hpp>

#include <map>
#include <unordered_set>

#include "config.hpp"
#include "file_choice.hpp"
#include "report.hpp"
#include "text.hpp"

namespace {

using namespace gguf;

constexpr std::uint64_t FIRST_WINDOW = 512u << 10, LATER_SHARD = 64u << 10;  // only the first shard holds the metadata
constexpr std::size_t SHARDS_AT_ONCE = 64;
constexpr std::uint64_t CANCEL_EVERY = 4096;

class Gguf {
 public:
  explicit Gguf(ms::Node options) : first_window_(options["first_window"].u64(FIRST_WINDOW)), limits_{options["longest_array"].u64(1024)} {}

  int probe(ms::Call&, ms::Repo repo) const { return score(repo); }

  void parse(ms::Call& call, ms::Repo repo, ms::Model model) const {
    const TypeTable types(call);
    const Choice choice = choose_files(call, repo);
    list_beside(call, choice, model);
    Run run{call, model, types, {}, {}, {}, 0, 0};
    for (std::size_t first = 0; first < choice.files.size(); first += SHARDS_AT_ONCE) {
      const std::size_t count = std::min(SHARDS_AT_ONCE, choice.files.size() - first);
      read_shards(run, std::span(choice.files).subspan(first, count), first == 0);
    }
    finish(run, choice);
  }

 private:
  // Of each kind that is a part of the model, the best variant: [{"name": "mmproj", "file": "mmproj-F16.gguf", "class": "..."}]
  static void list_beside(ms::Call& call, const Choice& choice, ms::Model model) {
    std::map<std::string_view, std::string_view> parts;
    const auto is_part = [&](const Beside& b) { return b.rule["part"] && parts.emplace(b.rule["part"].str(), b.name).second; };
    std::vector<const Beside*> taken;
    for (const Beside& b : choice.beside) {
      if (is_part(b)) taken.push_back(&b);
      else call.problem(MS_INFO, b.name, "stands beside the model and is not read: name it behind '#' to look at it");
    }
    if (taken.empty()) return;
    ms::Writer out = model.add_part("beside");
    auto list = out.array();
    for (const Beside* b : taken) {
      auto one = out.object();
      out.member("name", b->rule["part"].str());
      out.member("file", b->name);
      out.member("class", b->rule["what"].str());
      if (b->rule["towers"]) out.member("towers", b->rule["towers"]);
    }
  }

  struct Shard { std::unique_ptr<Window> window; Header header; std::string error; };
  struct Run {
    ms::Call& call;
    ms::Model model;
    const TypeTable& types;
    Header first;                                     // of the first shard: its metadata speaks for all; tensors of all
    std::unordered_set<std::string> names;
    std::map<std::string, std::pair<std::uint64_t, std::string>> unknown_types;  // count, first tensor
    std::uint64_t tensors, failed;
  };

  void read_shards(Run& run, std::span<const ms::File> files, bool with_first) const {
    std::vector<Shard> shards(files.size());
    std::vector<ms_range> ranges;
    for (std::size_t i = 0; i < files.size(); ++i) {
      shards[i].window = std::make_unique<Window>(run.call, files[i], with_first && i == 0 ? first_window_ : std::min(first_window_, LATER_SHARD));
      ranges.push_back(shards[i].window->first_range());
    }
    ms::read(run.call, ranges);
    run.call.parallel(shards.size(), [&](std::size_t i) {
      try {
        shards[i].window->accept(ranges[i]);
        shards[i].header = read_header(*shards[i].window, run.types, limits_);
      } catch (const ms::Error& error) {
        shards[i].error = error.what();
      }
      shards[i].window.reset();  // its bytes are no longer needed
    });
    for (std::size_t i = 0; i < shards.size(); ++i) take(run, shards[i], files[i], with_first && i == 0, files.size());
  }

  static void take(Run& run, Shard& shard, const ms::File& file, bool first, std::size_t of) {
    if (!shard.error.empty()) {
      if (first && of == 1) throw ms::Error(MS_DATA_LOSS, shard.error);
      ++run.failed;
      return run.call.problem(MS_ERROR, file.name(), ms::without_file(shard.error, file.name()));
    }
    const Header& header = shard.header;
    if (header.file_size != MS_SIZE_UNKNOWN && !header.tensors.empty() && header.file_size < header.data_end) {
      if (header.file_size <= header.data_start) run.call.problem(MS_WARN, file.name(), "holds only the header, no tensor data: enough for this analysis, not a model that loads");
      else run.call.problem(MS_ERROR, file.name(), "is cut short: the header promises data up to byte " + std::to_string(header.data_end) + ", the file has " + std::to_string(header.file_size) + ": download it again");
    }
    std::uint64_t repeated = 0;
    for (const TensorInfo& tensor : header.tensors) {
      if (run.tensors % CANCEL_EVERY == 0) run.call.check_cancelled();
      if (!run.names.insert(tensor.name).second) {
        ++repeated;
        continue;
      }
      ++run.tensors;
      add(run, tensor, file);
    }
    if (repeated) run.call.problem(MS_WARN, file.name(), "has " + counted(repeated, "tensor") + " that an earlier file has too: the earlier ones count");
    if (run.first.version == 0) run.first = std::move(shard.header);
    else run.first.tensors.insert(run.first.tensors.end(), shard.header.tensors.begin(), shard.header.tensors.end());
  }

  static void add(Run& run, const TensorInfo& tensor, const ms::File& file) {
    const TensorType* type = run.types.find(tensor.type);
    const std::string dtype = run.types.name(tensor.type), name = printable(tensor.name);
    if (!type) {
      auto& [count, first] = run.unknown_types[dtype];
      if (!count++) first = name;
    }
    ms_tensor row{};
    row.struct_size = sizeof row;
    row.rank = static_cast<std::uint32_t>(tensor.shape.size());
    row.name = ms::str(name);
    row.dtype = ms::str(dtype);
    row.shape = tensor.shape.data();
    row.offset = tensor.offset;
    row.size = tensor.size;
    row.file = file.raw();
    if (run.call.rule("gguf_constant", name)) row.flags = MS_TENSOR_CONSTANT;
    run.model.add(row);
  }

  static void finish(Run& run, const Choice& choice) {
    if (run.failed == choice.files.size()) throw ms::Error(MS_DATA_LOSS, "none of the " + counted(choice.files.size(), "file") + " can be used");
    for (const auto& [type, found] : run.unknown_types)
      run.call.problem(MS_WARN, found.second, "type " + type + " is not known here: the sizes of " + counted(found.first, "tensor") + " were not checked");
    if (const Value* promised = run.first.metadata.find("split.tensors.count"); promised && run.failed == 0 && promised->whole != run.tensors && choice.files.size() > 1)
      run.call.problem(MS_ERROR, choice.files.front().name(), "says that all files of the set hold " + counted(promised->whole, "tensor") + ", they hold " + std::to_string(run.tensors));
    ms::Writer part = run.model.add_part("gguf");
    write_part(part, run.first, choice, run.tensors);
    write_config_if_none(run);
  }

  static void write_config_if_none(Run& run) {
    const std::string_view architecture = run.first.metadata.text("general.architecture");
    ms_writer* writer = run.call.host()->add_part(run.model.raw(), ms::str("config"));
    if (!writer) return;  // config.json was read
    if (!knows_architecture(run.call, run.first)) {
      if (!architecture.empty())
        run.call.problem(MS_INFO, "general.architecture", quoted(architecture) + " is in no rule of table 'gguf_architecture': its metadata is not read as a configuration");
      return;
    }
    ms::Writer config(run.call.host(), writer);
    write_config(run.call, run.first, config);
  }

  std::uint64_t first_window_;
  Limits limits_;
};

}  // namespace

MODELSIG_PLUGIN("org.modelsig.format.gguf", "1.0.0", "Apache-2.0", ms::format<Gguf>("format.gguf"))
