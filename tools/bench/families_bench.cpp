// What families cost: loading one with its ancestors, generating and matching DeepSeek-V3's 91,991 tensors.
#include <benchmark/benchmark.h>

#include <string>
#include <vector>

#include "core/families/checkpoint_check.hpp"
#include "core/families/family_library.hpp"
#include "core/families/family_model.hpp"
#include "core/value/builder.hpp"

namespace {

using namespace modelsig;

const char* const kFolder = MODELSIG_SOURCE_DIR "/configs/rules/families";

// the config of DeepSeek-V3, what of it counts
void deepseek(Document& document) {
  Builder b(document);
  b.begin('{');
  b.key("architectures");
  b.begin('[');
  b.put("DeepseekV3ForCausalLM");
  b.end();
  for (const auto& [key, value] : std::vector<std::pair<const char*, int>>{
           {"vocab_size", 129280}, {"hidden_size", 7168}, {"num_hidden_layers", 61}, {"num_attention_heads", 128}, {"num_key_value_heads", 128},
           {"intermediate_size", 18432}, {"q_lora_rank", 1536}, {"kv_lora_rank", 512}, {"qk_nope_head_dim", 128}, {"qk_rope_head_dim", 64},
           {"v_head_dim", 128}, {"first_k_dense_replace", 3}, {"n_routed_experts", 256}, {"n_shared_experts", 1}, {"num_experts_per_tok", 8},
           {"moe_intermediate_size", 2048}, {"num_nextn_predict_layers", 1}})
    b.member(key, value);
  b.key("quantization_config");
  b.begin('{');
  b.member("quant_method", "fp8");
  b.key("weight_block_size");
  b.begin('[');
  b.put(128), b.put(128);
  b.end();
  b.end();
  b.end();
  document.set_root(b.finish());
}

void LoadWithSharedFiles(benchmark::State& state) {
  for (auto _ : state) benchmark::DoNotOptimize(FamilyLibrary({kFolder}).find("llama"));
}

void LoadFamilyWithAncestors(benchmark::State& state, const char* model_type) {
  for (auto _ : state) {
    state.PauseTiming();
    FamilyLibrary library({kFolder});
    (void)library.vocabulary();
    state.ResumeTiming();
    benchmark::DoNotOptimize(library.find(model_type));
  }
}

void GenerateDeepseekV3(benchmark::State& state) {
  FamilyLibrary library({kFolder});
  Document config;
  deepseek(config);
  const auto family = library.find("deepseek_v3");
  std::uint64_t n = 0;
  for (auto _ : state) n = FamilyModel::apply(family, config.root()).count();
  state.counters["tensors"] = static_cast<double>(n);
}

void MatchDeepseekV3(benchmark::State& state) {
  FamilyLibrary library({kFolder});
  Document config;
  deepseek(config);
  const FamilyModel model = FamilyModel::apply(library.find("deepseek_v3"), config.root());
  std::vector<std::string> names;
  model.tensors([&](const families::FamilyTensor& t) { names.emplace_back(t.name); });
  std::size_t hits = 0;
  for (auto _ : state) {
    hits = 0;
    for (const std::string& n : names) hits += static_cast<bool>(model.match(n));
  }
  state.counters["matched"] = static_cast<double>(hits);
}

void CheckDeepseekV3(benchmark::State& state) {
  FamilyLibrary library({kFolder});
  Document config;
  deepseek(config);
  const auto family = library.find("deepseek_v3");
  const FamilyModel model = FamilyModel::apply(family, config.root());
  std::vector<std::pair<std::string, std::vector<std::uint64_t>>> all;
  model.tensors([&](const families::FamilyTensor& t) { all.emplace_back(t.name, std::vector<std::uint64_t>(t.shape.begin(), t.shape.end())); });
  std::vector<families::StoredTensor> stored;
  for (const auto& [name, shape] : all) stored.push_back({name, shape});
  for (auto _ : state) benchmark::DoNotOptimize(families::check_checkpoint(family, config.root(), stored).difference.exact());
}

void LayerStacksDeepseekV3(benchmark::State& state) {
  FamilyLibrary library({kFolder});
  Document config;
  deepseek(config);
  const FamilyModel model = FamilyModel::apply(library.find("deepseek_v3"), config.root());
  for (auto _ : state) benchmark::DoNotOptimize(model.layer_stacks());
}

BENCHMARK(LoadWithSharedFiles)->Unit(benchmark::kMicrosecond);
BENCHMARK_CAPTURE(LoadFamilyWithAncestors, llama, "llama")->Unit(benchmark::kMicrosecond);
BENCHMARK_CAPTURE(LoadFamilyWithAncestors, deepseek_v32, "deepseek_v32")->Unit(benchmark::kMicrosecond);
BENCHMARK(GenerateDeepseekV3)->Unit(benchmark::kMillisecond);
BENCHMARK(MatchDeepseekV3)->Unit(benchmark::kMillisecond);
BENCHMARK(CheckDeepseekV3)->Unit(benchmark::kMillisecond);
BENCHMARK(LayerStacksDeepseekV3)->Unit(benchmark::kMillisecond);

}  // namespace

BENCHMARK_MAIN();
