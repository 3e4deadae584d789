#include <modelsig/plugin.hpp>

#include <chrono>
#include <cmath>
#include <cstring>
#include <limits>
#include <thread>

namespace {

struct MemoryRepo {
  void list(ms::Call&, ms::Writer& out) {
    auto list = out.array();
    auto file = out.object();
    out.member("name", "data");
    out.member("size", 10);
  }
  void read(ms::Call&, std::span<ms_range> ranges) {
    for (ms_range& r : ranges) std::memset(r.into, 'x', r.size), r.got = r.size, r.status = MS_OK;
  }
  void describe(ms::Call&, ms::Writer& out) { auto o = out.object(); }
};
struct Memory {
  explicit Memory(ms::Node) {}
  std::unique_ptr<MemoryRepo> open(ms::Call&, std::string_view) { return std::make_unique<MemoryRepo>(); }
};

struct ReadsOutside {
  explicit ReadsOutside(ms::Node) {}
  int probe(ms::Call&, ms::Repo) { return 50; }
  void parse(ms::Call& call, ms::Repo repo, ms::Model) {
    char buffer[64];
    ms_range range = repo.find("data").range(8, 20, buffer);
    if (!ms::read(call, {&range, 1})) throw ms::Error(range.status, std::string(ms::error(call, range)));
  }
};

struct Never {
  explicit Never(ms::Node) {}
  int probe(ms::Call&, ms::Repo) { throw std::runtime_error("asked"); }
  void parse(ms::Call&, ms::Repo, ms::Model) {}
};

struct Fine {
  explicit Fine(ms::Node) {}
  void run(ms::Call&, ms::Model, ms::Node, ms::Writer& out) { auto o = out.object(); out.member("fine", true); }
};

struct Misbehaves {
  explicit Misbehaves(ms::Node options) : how(options["how"].str()) {}
  void run(ms::Call& call, ms::Model, ms::Node, ms::Writer& out) {
    if (how == "throw") throw std::runtime_error("thrown on purpose");
    if (how == "throw 7") throw 7;
    if (how == "no text") throw ms::Told{MS_DATA_LOSS};
    if (how == "leave open") return out.begin('{');
    if (how == "nothing") return;
    if (how == "nan") { auto o = out.object(); out.member("x", std::numeric_limits<double>::quiet_NaN()); }
    if (how == "no object") return out.value(1);
    if (how == "same key") { auto o = out.object(); out.member("fine", 1); }
    if (how == "unknown range") { ms_range r{}; ms::read(call, {&r, 1}); throw ms::Error(r.status ? r.status : MS_OK, ""); }
  }
  std::string how;
};

ms_status throws_through(void*, ms_call*, ms_model*, const ms_node*, ms_writer*) { throw std::string("no way back"); }
constexpr ms_layer throwing_table = {sizeof(ms_layer), 0, throws_through};
ms_status create_nothing(const ms_host*, ms_call*, const ms_node*, void** self) { *self = nullptr; return MS_OK; }
void destroy_nothing(void*) {}

struct CannotBeCreated {
  explicit CannotBeCreated(ms::Node) { throw ms::Error(MS_UNAVAILABLE, "the licence server is away"); }
  void run(ms::Call&, ms::Model, ms::Node, ms::Writer&) {}
};

// Ends when the run is cancelled, at the latest after a minute.
struct Waits {
  explicit Waits(ms::Node) {}
  void run(ms::Call& call, ms::Model, ms::Node, ms::Writer& out) {
    for (int i = 0; i < 6000; ++i) std::this_thread::sleep_for(std::chrono::milliseconds(10)), call.check_cancelled();
    auto o = out.object();
  }
};
// Never asks whether it is still wanted.
struct IgnoresCancellation {
  explicit IgnoresCancellation(ms::Node) {}
  void run(ms::Call&, ms::Model, ms::Node, ms::Writer& out) {
    std::this_thread::sleep_for(std::chrono::seconds(60));
    auto o = out.object();
  }
};

// A config as its part, and a layer that asks the kernel's families about it.
struct LlamaConfig {
  explicit LlamaConfig(ms::Node) {}
  int probe(ms::Call&, ms::Repo) { return 10; }
  void parse(ms::Call&, ms::Repo, ms::Model model) {
    ms::Writer out = model.add_part("config");
    auto config = out.object();
    out.member("model_type", "llama");
    for (auto [key, value] : {std::pair{"hidden_size", 8}, {"num_hidden_layers", 2}, {"num_attention_heads", 2}, {"intermediate_size", 16}, {"vocab_size", 32}})
      out.member(key, value);
  }
};
struct AsksFamilies {
  explicit AsksFamilies(ms::Node) {}
  void run(ms::Call& call, ms::Model model, ms::Node, ms::Writer& out) {
    auto o = out.object();
    const auto promised = ms::Model::from_family(call, model.part("config"));
    out.member("promised", promised ? promised->tensors() : 0);
    out.member("first_role", promised ? promised->group(0)["labels"]["role"]["value"].str() : "");
    out.member("known", model.family_match(call, "model.layers.1.mlp.up_proj.weight"));
    out.member("beyond", model.family_match(call, "model.layers.7.mlp.up_proj.weight"));
    out.member("unknown", model.family_match(call, "model.layers.1.mlp.nothing.weight"));
    out.member("check", model.part("family"));
  }
};

struct Plain {
  explicit Plain(ms::Node) {}
  void format(ms::Call&, ms::Node report, ms::Sink& out) {
    for (auto [id, model] : report["models"].members()) out.write(id), out.write("\n");
  }
};

}  // namespace

MODELSIG_PLUGIN("test.misbehaving", "1.0.0", "Apache-2.0", ms::store<Memory>("store.memory"), ms::format<ReadsOutside>("format.reads_outside"), ms::format<Never>("format.never"),
                ms::layer<Fine>("layer.fine"), ms::layer<Misbehaves>("layer.misbehaves"),
                ms_role{sizeof(ms_role), MS_LAYER, "layer.throws_through", &throwing_table, create_nothing, destroy_nothing},
                ms::layer<CannotBeCreated>("layer.cannot_be_created"), ms::layer<Waits>("layer.waits"), ms::format<LlamaConfig>("format.llama_config"), ms::layer<AsksFamilies>("layer.asks_families"),
                ms::layer<IgnoresCancellation>("layer.ignores_cancellation"), ms::formatter<Plain>("formatter.plain"))
