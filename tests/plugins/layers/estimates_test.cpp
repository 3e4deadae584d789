#include <map>
#include <sstream>

#include "described.hpp"

namespace modelsig::testing {
namespace {

const Value& cache_at(const Described& d, std::size_t dtype, std::uint64_t context) {
  static const Value none;
  for (const Value& row : d["estimates"]["cache"]["by_dtype"].at(dtype)["at"].items())
    if (row["context"].u64() == context) return row;
  ADD_FAILURE() << "no context " << context;
  return none;
}

TEST(Estimates, DenseModelUsesEveryParameterForEveryToken) {
  const Described d = describe_config(kDense);
  const Value& p = d["estimates"]["parameters"];
  // embedding and head 2*100*64; a layer: q, o 2*64*64, k, v 2*64*32, mlp 3*64*96, two norms; the last norm
  const std::uint64_t want = 2 * 6400 + 2 * (8192 + 4096 + 18432 + 128) + 64;
  EXPECT_EQ(p["total"].u64(), want);
  EXPECT_EQ(p["active_per_token"].u64(), want);
  EXPECT_EQ(p["embedding"].u64(), 6400u);
  EXPECT_EQ(d["estimates"]["stored"]["elements"].u64(), want);
  EXPECT_EQ(d["estimates"]["stored"]["by_dtype"]["BF16"]["bytes"].u64(), 2 * want);
}

TEST(Estimates, TokenUsesTwoOfEightExperts) {
  const Described d = describe_config(kExperts);
  const Value& p = d["estimates"]["parameters"];
  const std::uint64_t expert = 3 * 64 * 96;
  EXPECT_EQ(p["total"].u64() - p["active_per_token"].u64(), 2 * 6 * expert);
}

// As published: Gemma 4 26B-A4B is 3.8e9 without its tower.
TEST(Estimates, GeneratedTokenDoesNotPassTheTower) {
  const Described d = describe_config(R"({"model_type": "qwen3_vl", "architectures": ["Qwen3VLForConditionalGeneration"],
    "text_config": {"model_type": "qwen3_vl_text", "hidden_size": 64, "intermediate_size": 96, "num_hidden_layers": 2, "vocab_size": 100,
      "num_attention_heads": 4, "num_key_value_heads": 2, "head_dim": 16, "rope_theta": 10000},
    "vision_config": {"model_type": "qwen3_vl", "depth": 2, "hidden_size": 32, "intermediate_size": 64, "num_heads": 2, "out_hidden_size": 64,
      "num_position_embeddings": 16, "deepstack_visual_indexes": [0]}})");
  const Value& p = d["estimates"]["parameters"];
  const std::uint64_t tower = p["by_component"]["vision"]["total"].u64() + p["by_component"]["vision/deepstack"]["total"].u64();
  EXPECT_GT(tower, 0u);
  EXPECT_EQ(p["total"].u64() - p["active_per_token"].u64(), tower);
  EXPECT_EQ(p["by_component"]["model"]["active_per_token"].u64(), p["by_component"]["model"]["total"].u64());
}

TEST(Estimates, TowersOfAModelThatWritesNothingAreTheModel) {
  const Described d = describe_config(R"({"model_type": "clip", "architectures": ["CLIPModel"], "projection_dim": 16,
    "text_config": {"hidden_size": 32, "intermediate_size": 64, "num_hidden_layers": 1, "num_attention_heads": 2, "vocab_size": 100},
    "vision_config": {"hidden_size": 32, "intermediate_size": 64, "num_hidden_layers": 1, "num_attention_heads": 2, "image_size": 32, "patch_size": 16}})");
  EXPECT_EQ(d["estimates"]["parameters"]["total"].u64(), d["estimates"]["parameters"]["active_per_token"].u64());
}

TEST(Estimates, WindowBoundsTheCacheButNotItsPages) {
  const Described d = describe_config(kExperts);
  // 2 layers x keys and values x 2 heads x 16, two bytes each
  EXPECT_EQ(d["estimates"]["cache"]["by_dtype"].at(0)["bytes_per_token"].u64(), 2u * 2 * 2 * 16 * 2);
  EXPECT_EQ(cache_at(d, 0, 4096)["minimum_bytes"].u64(), 1024u * 256);
  EXPECT_EQ(cache_at(d, 0, 4096)["paged_bytes"].u64(), 4096u * 256);
  EXPECT_EQ(cache_at(d, 1, 4096)["minimum_bytes"].u64(), 1024u * 128);
}

TEST(Estimates, OfAConfigurationThatTellsNothingTheTotalIsNotKnown) {
  const Described d = describe_config(R"({"model_type": "nobody_knows", "hidden_size": [64, 128], "num_hidden_layers": 2, "num_attention_heads": 4, "vocab_size": 100})");
  EXPECT_TRUE(d["estimates"]["parameters"]["total"].is(Kind::null)) << "not 0";
}

TEST(Estimates, MoreTokensThanTheModelWasMadeForAreMarked) {
  const Described d = describe_config(R"({"model_type": "llama", "hidden_size": 64, "intermediate_size": 96, "num_hidden_layers": 1, "num_attention_heads": 2,
    "vocab_size": 100, "max_position_embeddings": 8192})");
  EXPECT_FALSE(cache_at(d, 0, 4096)["beyond_the_model"].boolean());
  EXPECT_FALSE(cache_at(d, 0, 8192)["beyond_the_model"].boolean());
  EXPECT_TRUE(cache_at(d, 0, 32768)["beyond_the_model"].boolean());
}

TEST(Estimates, RecurrentStateDoesNotGrow) {
  const Described d = describe_config(R"({"model_type": "mamba2", "hidden_size": 64, "num_hidden_layers": 3, "vocab_size": 100, "state_size": 16, "num_heads": 8,
    "head_dim": 16, "n_groups": 1, "conv_kernel": 4, "expand": 2, "tie_word_embeddings": true, "torch_dtype": "float32"})");
  EXPECT_EQ(d["estimates"]["cache"]["elements_per_token"].u64(), 0u);
  // heads*head_dim*state in 32 bits, (inner + 2*groups*state) * (kernel - 1) in 16
  EXPECT_EQ(d["estimates"]["cache"]["state_bytes"].u64(), 3u * (8 * 16 * 16 * 4 + (128 + 32) * 3 * 2));
  EXPECT_EQ(cache_at(d, 0, 32768)["minimum_bytes"].u64(), cache_at(d, 0, 4096)["minimum_bytes"].u64());
}

TEST(StructuralHash, OtherSizeIsTheSameStructure) {
  std::string wide = kDense;
  wide.replace(wide.find("\"intermediate_size\": 96"), 23, "\"intermediate_size\": 128");
  const Described a = describe_config(kDense), b = describe_config(wide), c = describe_config(kExperts);
  EXPECT_NE(a["structural_hash"]["exact"].str(), b["structural_hash"]["exact"].str());
  EXPECT_EQ(a["structural_hash"]["structure"].str(), b["structural_hash"]["structure"].str());
  EXPECT_EQ(a["structural_hash"]["family"].str(), b["structural_hash"]["family"].str());
  EXPECT_NE(a["structural_hash"]["family"].str(), c["structural_hash"]["family"].str());
}

TEST(StructuralHash, QuantisedCheckpointIsTheSameModel) {
  std::string packed = kDense;
  packed.insert(packed.size() - 1, R"(, "quantization_config": {"quant_method": "awq", "bits": 4, "group_size": 32, "zero_point": true, "version": "gemm"})");
  const Described a = describe_config(kDense), b = describe_config(packed);
  EXPECT_NE(a["estimates"]["stored"]["elements"].u64(), b["estimates"]["stored"]["elements"].u64());
  EXPECT_EQ(a["estimates"]["parameters"]["total"].u64(), b["estimates"]["parameters"]["total"].u64());
  EXPECT_EQ(a["structural_hash"]["exact"].str(), b["structural_hash"]["exact"].str());
}

TEST(Estimates, StoredElementsAndSiblingsOfKnownCheckpoints) {
  const auto folder = shared() / "truth/headers";
  std::ifstream manifest(folder / "MANIFEST.tsv");
  if (!manifest) GTEST_SKIP() << "no ground truth at " << folder;
  std::map<std::string, std::uint64_t> logical;
  std::string line;
  int served = 0, equal = 0;
  for (std::getline(manifest, line); std::getline(manifest, line);) {
    std::istringstream fields(line);
    std::vector<std::string> f;
    for (std::string field; f.size() < 6 && std::getline(fields, field, '\t');) f.push_back(field);
    if (f.size() < 6) continue;
    const Described d = describe_folder(folder / f[0], {"--fast", "--no-layer-sig"});
    if (d["family"].is(Kind::null)) continue;
    ++served;
    const bool same = d["estimates"]["stored"]["elements"].u64() == std::stoull(f[5]);
    equal += same;
    if (!same) std::printf("  %s: %llu, not %s\n", f[0].c_str(), static_cast<unsigned long long>(d["estimates"]["stored"]["elements"].u64()), f[5].c_str());
    logical[f[0]] = d["estimates"]["parameters"]["total"].u64();
  }
  std::printf("stored elements equal: %d of %d\n", equal, served);
  int siblings = 0;
  for (const auto& [name, total] : logical) {
    const auto other = logical.find(name + "__unquantised");
    if (other == logical.end()) continue;
    ++siblings;
    EXPECT_EQ(total, other->second) << name;
  }
  EXPECT_GT(siblings, 5);
  EXPECT_GE(equal, served * 9 / 10);  // --fast knows nothing of what only the checkpoint shows
}

}  // namespace
}  // namespace modelsig::testing
