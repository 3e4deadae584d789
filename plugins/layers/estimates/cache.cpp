#include "cache.hpp"

#include <algorithm>
#include <set>

namespace {

struct Kept {
  std::string part, kind, rule;
  std::uint64_t layers = 0;
  std::optional<std::uint64_t> per_token, window, state;
  std::uint64_t state_bits = 16;
  bool source = false, known = true;
};

std::uint64_t number(ms::Node text) { return std::strtoull(std::string(text.str()).c_str(), nullptr, 10); }

std::vector<Kept> kept_by(const ms::Call& call, const std::vector<Part>& parts) {
  std::vector<Kept> out;
  for (const Part& part : parts)
    for (const LayerKind& kind : part.kinds) {
      if (kind.draft()) continue;
      const Asker ask(call, part, &kind);
      for (ms::Node rule : call.rules("cache").items()) {
        if (!ask.holds(rule)) continue;
        Kept k{part.name, kind.name, std::string(rule["id"].str()), kind.layers, ask.size(rule, "per_token"), ask.size(rule, "window"),
               ask.size(rule, "state"), 16, bool(rule["source"]), true};
        if (rule["state_bits"]) k.state_bits = number(rule["state_bits"]);
        k.known = (!rule["per_token"] || k.per_token) && (!rule["state"] || k.state);
        if (k.window && *k.window == 0) k.window.reset();
        out.push_back(std::move(k));
      }
    }
  return out;
}

std::vector<std::uint64_t> contexts(const std::vector<Part>& parts) {
  std::set<std::uint64_t> out = {4096, 32768};
  for (const Part& part : parts)
    for (const LayerKind& kind : part.kinds)
      if (kind.facts["context"].is_integer() && part.name == "model") out.insert(kind.facts["context"].u64());
  return {out.begin(), out.end()};
}

void write_layers(const std::vector<Kept>& all, ms::Writer& out) {
  auto list = out.array("layers");
  for (const Kept& k : all) {
    auto one = out.object();
    out.member("component", k.part);
    out.member("class", k.kind);
    out.member("kind", k.rule);
    out.member("layers", k.layers);
    if (!k.known) out.member("unknown", true);
    if (k.per_token) out.member(k.source ? "elements_per_source_token" : "elements_per_token", *k.per_token);
    if (k.window) out.member("window", *k.window);
    if (k.state) out.member("state_elements", *k.state), out.member("state_bytes", *k.state * k.state_bits / 8);
  }
}

}  // namespace

void write_cache(const ms::Call& call, const std::vector<Part>& parts, ms::Writer& out) {
  const std::vector<Kept> all = kept_by(call, parts);
  auto section = out.object("cache");
  write_layers(all, out);
  std::uint64_t state = 0, elements = 0, growing = 0;
  bool known = true;
  for (const Kept& k : all) {
    known &= k.known;
    if (k.state) state += k.layers * *k.state * k.state_bits / 8;
    if (!k.per_token || k.source) continue;
    elements += k.layers * *k.per_token;
    if (!k.window) growing += k.layers * *k.per_token;
  }
  out.member("complete", known);           // false: of some layers it is not known what they keep
  out.member("elements_per_token", elements);
  out.member("elements_per_token_beyond_windows", growing);
  out.member("state_bytes", state);
  auto list = out.array("by_dtype");
  for (ms::Node dtype : call.rules("cache_dtype").items()) {
    const std::uint64_t bits = number(dtype["width"]);
    auto one = out.object();
    out.member("dtype", dtype["id"].str());
    out.member("bytes_per_token", elements * bits / 8);
    auto at = out.array("at");
    for (std::uint64_t context : contexts(parts)) {
      std::uint64_t least = 0, paged = 0;
      for (const Kept& k : all) {
        if (!k.per_token || k.source) continue;
        least += k.layers * *k.per_token * std::min(context, k.window.value_or(context));
        paged += k.layers * *k.per_token * context;
      }
      auto row = out.object();
      out.member("context", context);
      out.member("minimum_bytes", least * bits / 8 + state);     // windows keep no more than they see
      out.member("paged_bytes", paged * bits / 8 + state);       // pages of the whole sequence in every layer
    }
  }
}
