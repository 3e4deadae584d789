#include "cache.hpp"

#include <algorithm>
#include <charconv>
#include <set>

namespace {

struct Kept {
  std::string part, kind, rule;
  std::uint64_t layers = 0;
  std::optional<std::uint64_t> per_token, window, state;
  std::uint64_t state_bits = 16;
  std::vector<std::string> shape;     // of one tensor of it, as it is usually written
  bool source = false, known = true;
};

std::uint64_t number(ms::Node text) { return std::strtoull(std::string(text.str()).c_str(), nullptr, 10); }

// sizes as numbers, texts as they are; the sequence as long as it is kept. Empty where one is not known.
std::vector<std::string> shape_of(const Asker& ask, ms::Node rule, std::optional<std::uint64_t> window) {
  std::vector<std::string> out;
  for (ms::Node axis : rule["shape"].items()) {
    const ms::Node v = ask.value(axis.str(), rule["at"].str());
    if (v.is_integer()) out.push_back(std::to_string(v.u64()));
    else if (v.is_string()) out.push_back(window && v.str() == "seq_len" ? "min(seq_len, " + std::to_string(*window) + ")" : std::string(v.str()));
    else return {};
  }
  return out;
}

// keeps_nothing: of some layers it is known that they keep nothing
std::vector<Kept> kept_by(const ms::Call& call, const std::vector<Part>& parts, bool& keeps_nothing) {
  std::vector<Kept> out;
  for (const Part& part : parts)
    for (const LayerKind& kind : part.kinds) {
      if (kind.draft()) continue;
      const Asker ask(call, part, &kind);
      for (ms::Node rule : call.rules("cache").items()) {
        if (!ask.holds(rule)) continue;
        if (rule["nothing"].str() == "true") {
          keeps_nothing = true;
          break;
        }
        Kept k{part.name, kind.name, std::string(rule["id"].str()), kind.layers, ask.size(rule, "per_token"), ask.size(rule, "window"),
               ask.size(rule, "state"), 16, {}, bool(rule["source"]), true};
        if (rule["state_bits"]) k.state_bits = number(rule["state_bits"]);
        k.known = (!rule["per_token"] || k.per_token) && (!rule["state"] || k.state);
        if (k.window && *k.window == 0) k.window.reset();
        k.shape = shape_of(ask, rule, k.window);
        out.push_back(std::move(k));
      }
    }
  return out;
}

// The numbers of tokens that the parts which keep something were made for.
std::set<std::uint64_t> own_contexts(const std::vector<Part>& parts, const std::vector<Kept>& kept) {
  std::set<std::uint64_t> out;
  for (const Part& part : parts) {
    if (std::none_of(kept.begin(), kept.end(), [&](const Kept& k) { return k.part == part.name && k.per_token; })) continue;
    for (const LayerKind& kind : part.kinds)
      if (kind.facts["context"].is_integer()) out.insert(kind.facts["context"].u64());
  }
  return out;
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
    if (!k.shape.empty()) out.list("shape", k.shape);
    if (k.state) out.member("state_elements", *k.state), out.member("state_bytes", *k.state * k.state_bits / 8);
  }
}

}  // namespace

CacheOptions::CacheOptions(ms::Node options) {
  for (ms::Node context : options["contexts"].items()) {
    const std::string text(context.str());
    std::uint64_t tokens = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), tokens);
    if (error != std::errc() || end != text.data() + text.size() || !tokens || tokens > 1'000'000'000'000)
      throw ms::Error(MS_INVALID_ARGUMENT, "option 'contexts' of layer.estimates: '" + text + "' is no number of tokens; write one, as in \"32768\"");
    contexts.push_back(tokens);
  }
  for (ms::Node dtype : options["cache_dtypes"].items()) dtypes.emplace_back(dtype.str());
}

void write_cache(const ms::Call& call, const std::vector<Part>& parts, const CacheOptions& options, ms::Writer& out) {
  std::vector<ms::Node> dtypes;
  for (const std::string& wanted : options.dtypes) {
    std::string known;
    const std::size_t before = dtypes.size();
    for (ms::Node rule : call.rules("cache_dtype").items()) {
      known += (known.empty() ? "" : ", ") + std::string(rule["id"].str());
      if (rule["id"].str() == wanted) dtypes.push_back(rule);
    }
    if (dtypes.size() == before)
      throw ms::Error(MS_INVALID_ARGUMENT, "option 'cache_dtypes' of layer.estimates: no cache dtype '" + wanted + "'; there are " + known);
  }
  bool keeps_nothing = false;
  const std::vector<Kept> all = kept_by(call, parts, keeps_nothing);
  auto section = out.object("cache");
  write_layers(all, out);
  if (keeps_nothing && all.empty()) out.member("none", true);
  std::uint64_t state = 0, elements = 0, growing = 0;
  bool known = true;
  for (const Kept& k : all) {
    known &= k.known;
    if (k.state) state += k.layers * *k.state * k.state_bits / 8;
    if (!k.per_token || k.source) continue;
    elements += k.layers * *k.per_token;
    if (!k.window) growing += k.layers * *k.per_token;
  }
  if (all.empty() && !keeps_nothing)       // a model of which not even the layers are known
    known = std::none_of(parts.begin(), parts.end(), [](const Part& p) { return p.assumed; });
  out.member("complete", known);           // false: of some layers it is not known what they keep
  out.member("elements_per_token", elements);
  out.member("elements_per_token_beyond_windows", growing);
  out.member("state_bytes", state);
  const std::set<std::uint64_t> own = own_contexts(parts, all);
  std::set<std::uint64_t> contexts = own;
  contexts.insert(options.contexts.begin(), options.contexts.end());
  auto list = out.array("by_dtype");
  for (ms::Node dtype : dtypes) {
    const std::uint64_t bits = number(dtype["width"]);
    auto one = out.object();
    out.member("dtype", dtype["id"].str());
    out.member("bytes_per_token", elements * bits / 8);
    auto at = out.array("at");
    for (std::uint64_t context : contexts) {
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
      if (!own.empty() && context > *own.rbegin()) out.member("beyond_the_model", true);
    }
  }
}
