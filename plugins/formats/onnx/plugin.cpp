// format.onnx: what an ONNX file says of its tensors, and what its graph says of them. Never a weight.
#include <modelsig/kit/file_kind.hpp>
#include <modelsig/plugin.hpp>

#include <set>

#include "config.hpp"
#include "emit.hpp"
#include "model_reader.hpp"
#include "roles.hpp"

namespace {

constexpr std::uint64_t MAX_NODES = 2'000'000;

class Onnx {
 public:
  explicit Onnx(ms::Node options) : max_nodes_(options["max_nodes"].u64(MAX_NODES)), positions_(options["positions"].boolean(true)) {}

  int probe(ms::Call& call, ms::Repo repo) const { return onnx::score(call, repo); }

  void parse(ms::Call& call, ms::Repo repo, ms::Model out) const {
    onnx::FileChoice choice = onnx::choose_file(call, repo);
    if (choice.chosen.empty()) throw ms::Error(MS_NOT_FOUND, std::string(repo.uri()) + ": has no .onnx file" + wanted(repo) + also(choice));
    const onnx::GenaiConfig genai(call, repo, choice.chosen);
    onnx::find_graphs(call, repo, genai, choice);
    if (!choice.graphs.empty()) return list(call, choice, out);
    const ms::File file = repo.find(choice.chosen);
    onnx::ModelFile model;
    read(call, file, choice.chosen, model);
    const onnx::FlatGraph graph = onnx::flatten(model, choice.chosen, max_nodes_);
    check(call, choice.chosen, model, graph);
    const onnx::OpTable table(call, model.texts);
    onnx::Walk walk(model, graph, table);
    if (walk.gave_up) call.problem(MS_WARN, choice.chosen, "its graph is too entangled to say what tensors are from their places; names and scopes count");
    else if (positions_) onnx::Roles(call, model, table, walk).run();
    onnx::ExternalData external(call, repo, choice.chosen);
    const onnx::Names names(call);
    onnx::Emitter emitter(call, out, model, walk, names, file, external);
    emitter.tensors();
    emitter.graph(choice);
    emitter.modules();
    add_config(call, genai && is_main(call, genai, choice.chosen) ? &genai : nullptr, model, walk, table, out);
    if (!choice.others.empty()) call.problem(MS_INFO, choice.chosen, "is read" + also(choice) + "; '#' and a file's name chooses another");
  }

 private:
  // A model of several graphs: each is read as a part. [{"name": "encoder", "file": "onnx/encoder_model.onnx", "parts": ["encoder"],
  // "prefixes": ["model.encoder."]}, ...]
  static void list(ms::Call& call, const onnx::FileChoice& choice, ms::Model out) {
    {
      ms::Writer writer = out.add_part("graphs");
      auto graphs = writer.array();
      for (const onnx::GraphFile& g : choice.graphs) {
        auto graph = writer.object();
        writer.member("name", g.name);
        writer.member("file", g.file);
        writer.member("class", g.rule["what"].str(g.name));
        writer.key("parts");
        if (g.rule["parts"].size() > 0) writer.value(g.rule["parts"]);
        else writer.list(std::vector<std::string>{g.name});
        if (g.rule["prefixes"]) writer.member("prefixes", g.rule["prefixes"]);
      }
    }
    std::string files;
    for (const onnx::GraphFile& g : choice.graphs) files += (files.empty() ? "" : ", ") + g.file;
    call.problem(MS_INFO, files, std::to_string(choice.graphs.size()) + " graphs are one model" + also(choice) + "; '#' and a file's name chooses one");
    for (const std::string& file : choice.unvaried) call.problem(MS_WARN, file, "is read, though it is another form of its graph than was asked for");
  }

  // Sizes in genai_config.json are those of the first graph it can name.
  static bool is_main(const ms::Call& call, const onnx::GenaiConfig& genai, const std::string& file) {
    for (ms::Node rule : call.rules("onnx_file").items())
      for (ms::Node path : rule["genai"].items())
        if (const std::string main = genai.file(path.str()); !main.empty()) return main == file;
    return true;
  }

  static std::string wanted(ms::Repo repo) { return repo.select().empty() ? "" : " or variant '" + std::string(repo.select()) + "'"; }
  static std::string also(const onnx::FileChoice& choice) {
    constexpr std::size_t SHOWN = 8;
    std::string out;
    for (std::size_t i = 0; i < choice.others.size() && i < SHOWN; ++i) out += (i ? ", " : "; also here: ") + choice.others[i];
    return out + (choice.others.size() > SHOWN ? " and " + std::to_string(choice.others.size() - SHOWN) + " more" : "");
  }

  void read(ms::Call& call, ms::File file, const std::string& name, onnx::ModelFile& model) const {
    onnx::HostStream stream(call, file);
    const ms::FileKind kind = ms::file_kind(stream.start().substr(0, 512));
    stream.rethrow();
    if (kind == ms::FileKind::ORT)
      throw ms::Error(MS_UNSUPPORTED, name + ": is " + std::string(ms::describe(kind)) + ", which is not ONNX: give the .onnx file it was made from");
    if (kind != ms::FileKind::UNKNOWN) throw ms::Error(MS_DATA_LOSS, name + ": is " + std::string(ms::describe(kind)));
    onnx::Wire wire(call, stream, name);
    const std::string scope_key(call.rules("onnx_scope").at(0)["key"].str());
    onnx::ModelReader(model, {max_nodes_}, scope_key).read(onnx::Message(wire, stream.size(), "the model"));
  }

  // What a runtime would refuse, or a person should know; the tensors are known all the same.
  static void check(const ms::Call& call, const std::string& file, const onnx::ModelFile& model, const onnx::FlatGraph& graph) {
    if (!graph.sorted) call.problem(MS_WARN, file, "its nodes are not in order: some need what later ones make");
    for (const std::string& name : graph.undefined) call.problem(MS_WARN, file, "value '" + name + "' is needed, but nothing makes it");
    for (const std::string& name : graph.twice) call.problem(MS_WARN, file, "value '" + name + "' is made by two nodes, or by one and an initialiser; the first counts");
    constexpr std::int64_t OPTIONAL_INPUTS = 4;
    if (model.opsets.empty()) call.problem(MS_WARN, file, "says no operator set");
    if (model.ir_version >= OPTIONAL_INPUTS || model.ir_version == 0) return;
    const onnx::Graph& main = model.graphs.front();
    std::set<onnx::Text> inputs;
    for (const onnx::Port& p : main.inputs) inputs.insert(p.name);
    for (const std::uint32_t t : main.initialisers) {
      if (!inputs.count(model.tensors[t].name)) {
        call.problem(MS_WARN, file, "initialiser '" + std::string(model.texts[model.tensors[t].name]) + "' is no graph input, which IR version " + std::to_string(model.ir_version) + " demands");
        return;
      }
    }
  }

  std::uint64_t max_nodes_;
  bool positions_;
};

}  // namespace

MODELSIG_PLUGIN("org.modelsig.format.onnx", "1.0.0", "Apache-2.0", ms::format<Onnx>("format.onnx"))
