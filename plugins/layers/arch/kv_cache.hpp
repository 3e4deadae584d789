// L4: the shape of what one layer keeps. By kind of layers where section estimates says so, else of one layer's key or value cache
// from the sizes that layer.arch found.
#pragma once
#include <modelsig/kit/value_text.hpp>
#include <modelsig/plugin.hpp>

#include <string>
#include <utility>
#include <vector>

class KvCache {
 public:
  explicit KvCache(ms::Node) {}

  void run(ms::Call&, ms::Model, ms::Node so_far, ms::Writer& out) {
    auto members = out.object();
    const ms::Node arch = so_far["arch_fingerprint"];
    if (so_far["source"].str() == "error" || so_far["adapter"].is_object()) return out.member("kv_cache_shape_pattern", "");
    const std::string kept = by_kind(so_far["estimates"]["cache"]);
    if (!kept.empty()) return out.member("kv_cache_shape_pattern", kept);
    const ms::Node own = arch["num_key_value_heads"], heads = own ? own : arch["num_attention_heads"];
    out.member("kv_cache_shape_pattern",
               "[batch, " + ms::kit::text(heads, "?") + ", seq_len, " + ms::kit::text(arch["head_dim"], "?") + "]");
  }

 private:
  // "[batch, 8, seq_len, 128]"; of several kinds "12 x [batch, 2, seq_len, 256], 36 x [batch, 32, 128, 128]", "?" for one that is not
  // known; empty where nothing is
  static std::string by_kind(ms::Node cache) {
    if (cache["none"].boolean()) return "none";
    std::vector<std::pair<std::string, std::uint64_t>> kinds;
    for (ms::Node kept : cache["layers"].items()) {
      std::string shape;
      for (ms::Node axis : kept["shape"].items()) shape += (shape.empty() ? "[" : ", ") + std::string(axis.str());
      shape += shape.empty() ? "?" : "]";
      auto it = kinds.begin();
      while (it != kinds.end() && it->first != shape) ++it;
      if (it == kinds.end()) it = kinds.insert(it, {shape, 0});
      it->second += kept["layers"].u64();
    }
    if (kinds.size() == 1) return kinds[0].first == "?" ? "" : kinds[0].first;
    std::string out;
    for (const auto& [shape, layers] : kinds) out += (out.empty() ? "" : ", ") + std::to_string(layers) + " x " + shape;
    return out;
  }
};
