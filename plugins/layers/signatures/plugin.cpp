// Section layer_signatures, with the names and members that reports of version 2.0 give a captured forward pass.
#include <cctype>
#include <map>

#include "blocks.hpp"
#include "graph.hpp"
#include "guess.hpp"
#include "module_list.hpp"

namespace {

// "[batch, seq, heads*head_dim]" as it is usually written: [B, S, heads*head_dim]
std::string usual(std::string_view symbolic) {
  std::string out;
  for (std::size_t at = 0; at < symbolic.size();) {
    std::size_t end = at;
    while (end < symbolic.size() && (std::isalnum(static_cast<unsigned char>(symbolic[end])) || symbolic[end] == '_')) ++end;
    const std::string_view word = symbolic.substr(at, end - at);
    if (word.empty()) out += symbolic[at++];
    else out += word == "batch" ? "B" : word == "seq" ? "S" : word, at = end;
  }
  return out;
}

class Signatures {
 public:
  explicit Signatures(ms::Node options) : fold_above_(options["fold_above"].u64()) {}

  void run(ms::Call& call, ms::Model model, ms::Node, ms::Writer& out) {
    const ms::Node part = model.part("modules");
    const bool known = bool(part["modules"]);  // a family file says what runs
    auto members = out.object();
    const ms::Node graph = model.part("graph_modules");
    const bool said = !known && graph.size() > 0;  // by the graph
    SignatureList list = said ? of_graph(graph, fold_above_) : !known ? guessed(call, model, fold_above_) : part["count"].u64() > fold_above_ ? folded(part) : unfolded(call, part);
    if (list.items().empty()) return;
    const bool fold = list.modules > fold_above_;
    if (said) list.add_others(guessed(call, model, fold_above_));
    else add_blocks(call, list);
    const Dtypes dtypes(call, part["dtype"].str());
    out.member("layer_signatures_folded", fold);
    out.member("layer_signatures_modules", list.modules);
    auto section = out.object("layer_signatures");
    for (const NamedSignatures& n : list.items()) {
      const std::string path = normalised(n.name);
      auto one = out.object(n.name);
      write(n.variants[0], path, fold, dtypes, out);
      if (n.variants.size() < 2) continue;
      auto others = out.array("others");
      for (std::size_t i = 1; i < n.variants.size(); ++i) {
        auto other = out.object();
        write(n.variants[i], path, fold, dtypes, out);
      }
    }
  }

 private:
  // containers spell dtypes their way, reports name those of activations as configurations do: table "stored_dtype" holds both
  struct Dtypes {
    Dtypes(const ms::Call& call, std::string_view own) {
      for (ms::Node rule : call.rules("stored_dtype").items()) names.try_emplace(std::string(rule["value"].str()), rule["id"].str());
      model = of(own.empty() ? "F32" : own);
    }
    std::string of(std::string_view stored) const {
      const auto it = names.find(std::string(stored));
      if (it != names.end()) return it->second;
      std::string out(stored);  // ONNX: INT64
      for (char& c : out) c = static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
      return out;
    }
    std::map<std::string, std::string> names;
    std::string model;
  };

  static void write(const Variant& v, const std::string& path, bool fold, const Dtypes& dtypes, ms::Writer& out) {
    const Signature& s = *v.signature;
    out.key("module_type");
    if (s.type.empty()) out.null();  // its class is not known
    else out.value(s.type);
    out.member("norm_path", path);
    write_ends("input", s.input, dtypes, out);
    write_ends("output", s.output, dtypes, out);
    if (!s.fields.empty()) {
      auto fields = out.object("output_fields");
      for (const Field& f : s.fields) {
        auto end = out.object(f.name);
        write_end(f.end, dtypes, out);
      }
    }
    if (!s.role.empty()) out.member("role", s.role);
    if (s.assumed) out.member("assumed", true);
    if (s.borrows) out.member("borrows", true);
    if (!fold || s.block) return;
    out.member("count", v.count);
    out.member("example", v.example);
  }

  static void write_ends(std::string_view key, const std::vector<End>& ends, const Dtypes& dtypes, ms::Writer& out) {
    auto list = out.array(key);
    for (const End& e : ends) {
      auto end = out.object();
      write_end(e, dtypes, out);
    }
  }
  static void write_end(const End& e, const Dtypes& dtypes, ms::Writer& out) {
    out.member("dtype", e.dtype.empty() ? dtypes.model : dtypes.of(e.dtype));
    {
      auto shape = out.array("shape");
      for (const std::uint64_t n : e.shape)
        if (n == End::kUnknown) out.null();
        else out.value(n);
    }
    std::string symbolic = "[";
    for (const std::string& axis : e.axes) symbolic += (symbolic.size() > 1 ? ", " : "") + usual(axis);
    out.member("symbolic", symbolic + "]");
  }

  std::uint64_t fold_above_;
};

}  // namespace

MODELSIG_PLUGIN("org.modelsig.layers.signatures", "1.0.0", "Apache-2.0", ms::layer<Signatures>("layer.signatures"))
