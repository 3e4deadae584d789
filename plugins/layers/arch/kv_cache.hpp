// L4: the shape of one layer's key or value cache, from the sizes that layer.arch found.
#pragma once
#include <modelsig/kit/value_text.hpp>
#include <modelsig/plugin.hpp>

class KvCache {
 public:
  explicit KvCache(ms::Node) {}

  void run(ms::Call&, ms::Model, ms::Node so_far, ms::Writer& out) {
    auto members = out.object();
    const ms::Node arch = so_far["arch_fingerprint"];
    if (so_far["source"].str() == "error" || so_far["adapter"].is_object()) return out.member("kv_cache_shape_pattern", "");
    const ms::Node own = arch["num_key_value_heads"], heads = own ? own : arch["num_attention_heads"];
    out.member("kv_cache_shape_pattern",
               "[batch, " + ms::kit::text(heads, "?") + ", seq_len, " + ms::kit::text(arch["head_dim"], "?") + "]");
  }
};
