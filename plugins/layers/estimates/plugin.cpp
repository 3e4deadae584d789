// Sections estimates and structural_hash, from what layer.architecture found.
#include "cache.hpp"
#include "structural_hash.hpp"

#include <algorithm>

namespace {

struct Counted {
  std::uint64_t total = 0, active = 0, looked_up = 0, draft = 0;
  bool all = true, known = true;  // every tensor counted; how many of them a token uses
  void operator+=(const Counted& c) {
    total += c.total, active += c.active, looked_up += c.looked_up, draft += c.draft;
    all &= c.all, known &= c.known;
  }
};

class Estimates {
 public:
  explicit Estimates(ms::Node options) : cache_(options) {}

  void run(ms::Call& call, ms::Model model, ms::Node so_far, ms::Writer& out) {
    auto members = out.object();
    const std::vector<Part> all = parts(model, so_far);
    {
      auto section = out.object("estimates");
      const Components components = apart(so_far["components"]);
      write_parameters(call, all, components, out);
      write_stored(call, model, components, out);
      write_cache(call, all, cache_, out);
    }
    write_hashes(call, so_far["structure"], out);
  }

 private:
  static void add(const ms::Call& call, const Part& part, const LayerKind* kind, const std::vector<Role>& roles, std::uint64_t layers, Counted& to) {
    const Asker ask(call, part, kind);
    for (const Role& r : roles) {
      if (r.borrowed) continue;
      const std::uint64_t n = r.elements() * layers;
      to.total += n;
      if (call.rule("looked_up", r.name)) to.looked_up += n;
      if (kind && kind->draft()) {
        to.draft += n;
        continue;
      }
      const ms::Node rule = call.rule("active", r.name);
      if (!rule || !ask.holds(rule)) {
        to.active += n;
        continue;
      }
      const auto of = ask.size(rule, "of"), among = ask.size(rule, "among");
      if (of && among && *among && *of <= *among) to.active += n / *among * *of;
      else to.known = false, to.active += n;
    }
  }

  static bool any(const ms::Call& call, const char* table, const Asker& ask) {
    for (ms::Node rule : call.rules(table).items())
      if (ask.holds(rule)) return true;
    return false;
  }

  // Of a model that generates, what a generated token does not pass: its towers.
  static std::vector<bool> passed_by(const ms::Call& call, const std::vector<Part>& all) {
    std::vector<bool> out(all.size(), true);
    const auto asked = [&](const Part& part, const char* table) { return any(call, table, Asker(call, part, nullptr)); };
    if (std::none_of(all.begin(), all.end(), [&](const Part& part) { return asked(part, "generates"); })) return out;
    for (std::size_t i = 0; i < all.size(); ++i) out[i] = !asked(all[i], "aside");
    return out;
  }

  static void write(const Counted& c, ms::Writer& out) {
    out.key("total");
    if (c.all) out.value(c.total);
    else out.null();
    out.key("active_per_token");          // with the embedding, as figures are usually given; without draft layers and towers
    if (c.all && c.known) out.value(c.active);
    else out.null();
    out.member("embedding", c.looked_up);
    if (c.draft) out.member("draft_layers", c.draft);
  }

  // Parts of the repository, but those whose tensors are the model's own.
  using Components = std::vector<std::pair<std::string_view, ms::Node>>;
  static Components apart(ms::Node components) {
    Components out;
    for (auto [name, component] : components.members())
      if (!component["component"]["joined"].boolean()) out.emplace_back(name, component);
    return out;
  }

  // What the parts of an assembled model count for: they were fingerprinted before it.
  static Counted of_component(ms::Node component) {
    const ms::Node p = component["estimates"]["parameters"];
    return {p["total"].u64(), p["active_per_token"].u64(), p["embedding"].u64(), p["draft_layers"].u64(), !p || !p["total"].is_null(), !p || !p["active_per_token"].is_null()};
  }

  static void write_parameters(const ms::Call& call, const std::vector<Part>& all, const Components& components, ms::Writer& out) {
    std::vector<Counted> counts;
    Counted sum;
    bool assumed = false;
    const std::vector<bool> passed = passed_by(call, all);
    for (const Part& part : all) {
      Counted& c = counts.emplace_back();
      add(call, part, nullptr, part.top, 1, c);
      for (const LayerKind& kind : part.kinds) add(call, part, &kind, kind.roles, kind.layers, c);
      c.all = !part.guessed;
      Counted part_of_it = c;
      if (!passed[counts.size() - 1]) part_of_it.active = 0;
      sum += part_of_it;
      assumed |= part.assumed;
    }
    for (auto [name, component] : components) {
      sum += of_component(component);
      assumed |= component["estimates"]["parameters"]["assumed"].boolean();
    }
    if (assumed && sum.total == 0) {  // not even guessed at: not known, instead of none
      sum.all = false;
      for (Counted& c : counts) c.all = false;
    }
    auto section = out.object("parameters");
    if (assumed) out.member("assumed", true);  // experts are told by their names
    write(sum, out);
    auto list = out.object("by_component");
    for (std::size_t i = 0; i < all.size(); ++i) {
      auto one = out.object(all[i].name);
      write(counts[i], out);
    }
    for (auto [name, component] : components) {
      if (!component["estimates"]) continue;
      auto one = out.object(name);
      write(of_component(component), out);
    }
  }

  static void write_stored(const ms::Call& call, ms::Model model, const Components& components, ms::Writer& out) {
    struct Sum { std::uint64_t elements = 0, bytes = 0; bool known = true; };
    std::map<std::string, Sum> by_dtype;
    std::map<std::string, std::uint64_t> bits;
    for (std::size_t i = 0; i < model.tensors(); ++i) {
      const ms::Tensor t = model.tensor(i);
      if (t.flags & (MS_TENSOR_CONSTANT | MS_TENSOR_SHARED)) continue;
      std::uint64_t n = 1;
      for (std::uint64_t axis : t.stored) n *= axis;
      const std::string dtype(t.dtype);
      Sum& s = by_dtype[dtype];
      s.elements += n;
      if (t.size != MS_SIZE_UNKNOWN) {
        s.bytes += t.size;
        continue;
      }
      const auto [it, fresh] = bits.try_emplace(dtype, 0);
      if (fresh) it->second = std::strtoull(std::string(call.rule("dtype_bits", dtype)["width"].str()).c_str(), nullptr, 10);
      if (it->second) s.bytes += (n * it->second + 7) / 8;
      else s.known = false;
    }
    for (auto [part, component] : components)
      for (auto [name, theirs] : component["estimates"]["stored"]["by_dtype"].members()) {
        Sum& s = by_dtype[name == "UNKNOWN" ? "" : std::string(name)];
        s.elements += theirs["elements"].u64(), s.bytes += theirs["bytes"].u64();
        s.known &= !theirs["bytes"].is_null();
      }
    Sum all;
    for (const auto& [name, s] : by_dtype) all.elements += s.elements, all.bytes += s.bytes, all.known &= s.known;
    auto section = out.object("stored");
    const auto write_sum = [&](const Sum& s) {
      out.member("elements", s.elements);
      out.key("bytes");
      if (s.known) out.value(s.bytes);
      else out.null();
    };
    write_sum(all);
    auto list = out.object("by_dtype");
    for (const auto& [name, s] : by_dtype) {
      auto one = out.object(name.empty() ? "UNKNOWN" : name);
      write_sum(s);
    }
  }

  CacheOptions cache_;
};

}  // namespace

MODELSIG_PLUGIN("org.modelsig.layers.estimates", "1.0.0", "Apache-2.0", ms::layer<Estimates>("layer.estimates"))
