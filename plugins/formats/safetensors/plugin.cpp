// format.safetensors: tensor names, shapes and dtypes from the headers of safetensors files.
#include <modelsig/plugin.hpp>

#include "header_reader.hpp"
#include "shard_list.hpp"
#include "tensor_sink.hpp"

namespace {

constexpr std::uint64_t MAX_HEADER = 100'000'000;  // as in the reference implementation

class Safetensors {
 public:
  explicit Safetensors(ms::Node options)
      : options_{options["strict"].boolean(true), options["max_header"].u64(MAX_HEADER)} {}

  int probe(ms::Call& call, ms::Repo repo) const {
    const int score = safetensors::score(repo);
    return score > 0 && !options_.strict && safetensors::index_is_broken(call, repo) ? 0 : score;
  }

  void parse(ms::Call& call, ms::Repo repo, ms::Model model) const {
    const safetensors::ShardList list = safetensors::find_shards(call, repo, options_.strict);
    safetensors::TensorSink sink(call, model, list, options_.strict);
    std::function<void()> meanwhile;
    if (list.index) meanwhile = [&] { list.index->settle(), sink.follow_index(); };
    safetensors::HeaderReader(call, options_).run(list.shards, meanwhile, [&](safetensors::ShardHeader& shard) { sink.take(shard); });
    sink.finish();
  }

 private:
  safetensors::ReadOptions options_;
};

}  // namespace

MODELSIG_PLUGIN("org.modelsig.format.safetensors", "1.0.0", "Apache-2.0", ms::format<Safetensors>("format.safetensors"))
