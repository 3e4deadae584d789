#include "tools/modelsig/role_run.hpp"

namespace modelsig::cli {

namespace {

namespace test = ms::testing;
using Json = test::Value;

const ms_node* node(const Json& value) { return test::FakeHostTable::node(&value); }
ms_str str(std::string_view text) { return {text.data(), text.size()}; }

Json shape(std::initializer_list<int> axes) {
  Json out = Json::list();
  for (const int axis : axes) out.items.emplace_back(axis);
  return out;
}

void fill_model(test::FakeHost& host) {
  for (const int layer : {0, 1})
    host.tensors.push_back({"model.layers." + std::to_string(layer) + ".mlp.up_proj.weight", "BF16", "", "", {8, 4}, 0, 64, 0, 0, {}, {}, {}, {}});
  host.tensors.push_back({"model.norm.weight", "F32", "", "", {4}, 0, 16, 1, 0, {}, {}, {}, {}});
  host.groups.push_back(Json::object({{"name", "model.layers.N.mlp.up_proj.weight"}, {"count", 2}, {"first", 0}, {"labels", Json::object()}}));
  host.groups.push_back(Json::object({{"name", "model.norm.weight"}, {"count", 1}, {"first", 2}, {"labels", Json::object()}}));
  host.parts.emplace("config", Json::object({{"model_type", "llama"}, {"hidden_size", 4}, {"num_hidden_layers", 2}}));
}
Json fingerprint(int width) {
  return Json::object({{"complete", true}, {"arch_fingerprint", Json::object({{"hidden_size", width}})},
                       {"static_weight_signature", Json::object({{"model.norm.weight", Json::object({{"representative_shape", shape({width})}, {"dtype", "FP32"}, {"count", 1}})}})}});
}
Json report() {
  return Json::object({{"schema", "modelsig"}, {"models", Json::object({{"a", fingerprint(4)}, {"b", fingerprint(8)}})},
                       {"coverage_matrix", Json::object({{"a|b", Json::object({{"coverage_rate", 0.5}})}})}});
}

class Run {
 public:
  Run(const ms_role& role, const Json& options, const RoleInput& input) : role_(role), input_(input), options_(options) {
    host_.threads = input.threads;
    for (const auto& [name, bytes] : input.files) {
      auto& file = host_.add_file(name, bytes);
      file.broken = input.broken;
      file.intact = input.intact;
    }
    if (input.model && role.kind != MS_FORMAT) fill_model(host_);
  }

  RoleOutput all() {
    void* self = nullptr;
    if (!called(role_.create(host_.table(), host_.call(), node(options_), &self), "create()")) return std::move(out_);
    if (!self) return fault("create() says OK and gives no instance");
    host_.cancelled = input_.cancelled;
    work(self);
    role_.destroy(self);
    for (const auto& p : host_.problems) out_.emitted += "\n" + p.subject + ": " + p.text;
    return std::move(out_);
  }

 private:
  RoleOutput fault(std::string why) { return out_.fault = std::move(why), std::move(out_); }

  // true: go on. A failure is allowed, but must have been explained.
  bool called(ms_status status, const char* what) {
    if (out_.status == MS_OK) out_.status = status;
    if (status == MS_OK) return true;
    if (status < MS_OK || status > MS_LIMIT) out_.fault = std::string(what) + " returned the unknown status " + std::to_string(status);
    else if (status != MS_CANCELLED && host_.failure.empty()) out_.fault = std::string(what) + " failed without a word: call host->fail() first";
    out_.emitted += host_.failure;
    return false;
  }
  void emitted(const test::ValueWriter& writer, const char* what, bool may_be_empty) {
    if (writer.complete()) out_.emitted += writer.value().text();
    else if (!writer.untouched() || !may_be_empty)
      out_.fault = std::string(what) + " emitted no valid document: " + (!writer.error().empty() ? writer.error() : writer.untouched() ? "nothing at all" : "something is left open");
  }

  void work(void* self) {
    const Json nothing = Json::object();
    test::ValueWriter writer;
    switch (role_.kind) {
      case MS_STORE: return store(self);
      case MS_FORMAT: return format(self);
      case MS_LAYER:
        if (called(table<ms_layer>().run(self, host_.call(), host_.model(), node(nothing), writer.raw()), "run()")) emitted(writer, "run()", true);
        return;
      case MS_COMPARATOR: return comparator(self);
      case MS_ADVISOR: {
        const Json whole = input_.model ? report() : nothing;
        if (called(table<ms_advisor>().advise(self, host_.call(), node(whole), writer.raw()), "advise()")) emitted(writer, "advise()", true);
        return;
      }
      default: {
        const Json whole = input_.model ? report() : nothing;
        const ms_sink sink{&out_.emitted, [](void* ctx, const std::uint8_t* data, std::size_t size) -> ms_status {
                             static_cast<std::string*>(ctx)->append(reinterpret_cast<const char*>(data), size);
                             return MS_OK;
                           }};
        called(table<ms_formatter>().format(self, host_.call(), node(whole), sink), "format()");
      }
    }
  }

  void format(void* self) {
    std::int32_t score = -1;
    if (!called(table<ms_format>().probe(self, host_.call(), host_.repo(), &score), "probe()")) return;
    if (score < 0 || score > 100) return void(out_.fault = "probe() gives the score " + std::to_string(score) + ", expected 0 to 100");
    out_.emitted += "score " + std::to_string(score);
    if (score == 0) return;
    called(table<ms_format>().parse(self, host_.call(), host_.repo(), host_.model()), "parse()");
    const std::string before = host_.failure;
    host_.close_parts();
    if (out_.status == MS_OK && host_.failure != before) out_.fault = host_.failure;
    for (const auto& t : host_.tensors) {
      out_.emitted += "\n" + t.name + " " + t.dtype;
      for (const auto axis : t.shape) out_.emitted += " " + std::to_string(axis);
    }
    for (const auto& [name, value] : host_.parts) out_.emitted += "\n" + name + " " + value.text();
  }

  void comparator(void* self) {
    const Json a = input_.model ? fingerprint(4) : Json::object(), b = input_.model ? fingerprint(8) : Json::object(), nothing = Json::object();
    void *first = nullptr, *second = nullptr;
    if (called(table<ms_comparator>().prepare(self, host_.call(), node(a), &first), "prepare()")) {
      if (called(table<ms_comparator>().prepare(self, host_.call(), node(b), &second), "prepare()")) {
        test::ValueWriter writer;
        if (called(table<ms_comparator>().compare(self, host_.call(), first, second, node(nothing), writer.raw()), "compare()")) emitted(writer, "compare()", true);
        table<ms_comparator>().release(self, second);
      }
      table<ms_comparator>().release(self, first);
    }
  }

  void store(void* self) {
    void* repo = nullptr;
    if (!called(table<ms_store>().open(self, host_.call(), str(input_.uri), &repo), "open()")) return;
    test::ValueWriter files, provenance;
    if (called(table<ms_store>().list(self, host_.call(), repo, files.raw()), "list()")) emitted(files, "list()", false);
    std::uint8_t bytes[16];
    ms_range range{nullptr, str("no/such.file"), 0, sizeof bytes, bytes, 0, MS_SIZE_UNKNOWN, MS_OK, 0};
    const ms_status status = table<ms_store>().read(self, host_.call(), repo, &range, 1);
    if (status == MS_OK && range.status == MS_OK && range.got < sizeof bytes) out_.fault = "read() says OK for a file that is not there";
    if (called(table<ms_store>().describe(self, host_.call(), repo, provenance.raw()), "describe()") && !provenance.complete()) out_.fault = "describe() emitted no valid document";
    table<ms_store>().close(self, repo);
  }

  template <class Table>
  const Table& table() const { return *static_cast<const Table*>(role_.table); }

  const ms_role& role_;
  const RoleInput& input_;
  const Json options_;
  test::FakeHost host_;
  RoleOutput out_;
};

}  // namespace

RoleOutput run_role(const ms_role& role, const Json& options, const RoleInput& input) { return Run(role, options, input).all(); }

RoleOutput create_role(const ms_role& role, const Json& options, unsigned count) {
  test::FakeHost host;
  RoleOutput out;
  std::vector<void*> made;
  for (unsigned i = 0; i < count && out.status == MS_OK; ++i) {
    void* self = nullptr;
    out.status = role.create(host.table(), host.call(), node(options), &self);
    if (out.status == MS_OK) made.push_back(self);
    else if (host.failure.empty()) out.fault = "create() failed without a word: call host->fail() first";
  }
  out.emitted = host.failure;
  for (void* self : made) role.destroy(self);
  return out;
}

}  // namespace modelsig::cli
