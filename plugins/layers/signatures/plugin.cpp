// Section layer_signatures, with the names and members that reports of version 2.0 give a captured forward pass.
#include <cctype>

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
    auto members = out.object();
    if (!part["modules"]) return;  // no family file says what runs
    const ModuleList list(part);
    const bool fold = part["count"].u64() > fold_above_;
    const Dtypes dtypes(call, part["dtype"].str());
    out.member("layer_signatures_folded", fold);
    out.member("layer_signatures_modules", part["count"].u64());
    auto section = out.object("layer_signatures");
    for (const NamedSignatures& n : fold ? list.folded() : list.unfolded(call)) {
      auto one = out.object(n.name);
      write(n.variants[0], normalised(n.name), fold, dtypes, out);
      if (n.variants.size() < 2) continue;
      auto others = out.array("others");
      for (std::size_t i = 1; i < n.variants.size(); ++i) {
        auto other = out.object();
        write(n.variants[i], normalised(n.name), fold, dtypes, out);
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
      return it == names.end() ? std::string(stored) : it->second;
    }
    std::map<std::string, std::string> names;
    std::string model;
  };

  static void write(const Signature& s, const std::string& norm_path, bool fold, const Dtypes& dtypes, ms::Writer& out) {
    out.key("module_type");
    if (s.module) out.value(s.module["type"].str());
    else out.null();               // a block: its class stores nothing, so no file names it
    out.member("norm_path", norm_path);
    write_ends("input", s.input, dtypes, out);
    write_ends("output", s.output, dtypes, out);
    if (s.module) out.member("role", s.module["role"].str());
    else out.member("assumed", true);
    if (s.module["borrows"].boolean()) out.member("borrows", true);
    if (!fold || !s.module) return;
    out.member("count", s.count);
    out.member("example", s.example);
  }

  static void write_ends(std::string_view key, ms::Node ends, const Dtypes& dtypes, ms::Writer& out) {
    auto list = out.array(key);
    for (ms::Node e : ends.items()) {
      auto end = out.object();
      out.member("dtype", e["dtype"] ? dtypes.of(e["dtype"].str()) : dtypes.model);
      out.member("shape", e["shape"]);
      out.member("symbolic", usual(e["symbolic"].str()));
    }
  }

  std::uint64_t fold_above_;
};

}  // namespace

MODELSIG_PLUGIN("org.modelsig.layers.signatures", "1.0.0", "Apache-2.0", ms::layer<Signatures>("layer.signatures"))
