// What a layer keeps while text is generated, as an engineer would write its shape; and the operators that no name tells of.
#include <map>
#include <set>

#include "described.hpp"

namespace modelsig::testing {
namespace {

std::string pattern(const Described& d) { return std::string(d["kv_cache_shape_pattern"].str()); }

std::set<std::string> words(const Value& list) {
  std::set<std::string> out;
  for (const Value& word : list.items()) out.emplace(word.str());
  return out;
}

const std::string kLatent = R"({"model_type": "deepseek_v3", "hidden_size": 64, "intermediate_size": 96, "num_hidden_layers": 3, "vocab_size": 100,
  "num_attention_heads": 4, "q_lora_rank": 48, "kv_lora_rank": 32, "qk_nope_head_dim": 16, "qk_rope_head_dim": 8, "v_head_dim": 16, "n_routed_experts": 8,
  "num_experts_per_tok": 2, "n_shared_experts": 1, "moe_intermediate_size": 24, "first_k_dense_replace": 1, "tie_word_embeddings": false, "torch_dtype": "bfloat16"})";
const std::string kEncoder = R"({"model_type": "bert", "architectures": ["BertForMaskedLM"], "hidden_size": 64, "intermediate_size": 96, "num_hidden_layers": 2,
  "vocab_size": 100, "num_attention_heads": 4, "max_position_embeddings": 128, "type_vocab_size": 2, "hidden_act": "gelu", "torch_dtype": "float32"})";
const std::string kHybrid = R"({"model_type": "qwen3_next", "hidden_size": 64, "intermediate_size": 96, "num_hidden_layers": 4, "vocab_size": 100,
  "num_attention_heads": 4, "num_key_value_heads": 2, "head_dim": 16, "linear_num_key_heads": 2, "linear_num_value_heads": 4, "linear_key_head_dim": 8,
  "linear_value_head_dim": 8, "linear_conv_kernel_dim": 4, "num_experts": 8, "num_experts_per_tok": 2, "decoder_sparse_step": 1, "moe_intermediate_size": 24,
  "shared_expert_intermediate_size": 24, "mlp_only_layers": [], "full_attention_interval": 4, "tie_word_embeddings": false, "torch_dtype": "bfloat16"})";

TEST(Kept, GroupedHeadsAsEver) { EXPECT_EQ(pattern(describe_config(kDense)), "[batch, 2, seq_len, 16]"); }

TEST(Kept, WindowBoundsTheSequence) { EXPECT_EQ(pattern(describe_config(kExperts)), "[batch, 2, min(seq_len, 1024), 16]"); }

TEST(Kept, LatentAttentionKeepsTheCompressedKeysAndValues) { EXPECT_EQ(pattern(describe_config(kLatent)), "[batch, seq_len, 40]"); }

TEST(Kept, EncoderKeepsNothing) { EXPECT_EQ(pattern(describe_config(kEncoder)), "none"); }

TEST(Kept, HybridKeepsOneKindAndAnother) {
  // conv: keys and values of all heads, 2*2*8 + 4*8, for three tokens
  EXPECT_EQ(pattern(describe_config(kHybrid)), "3 x [batch, 4, 8, 8], 3 x [batch, 64, 3], 1 x [batch, 2, seq_len, 16]");
}

TEST(Kept, InTheDtypesAndForTheContextsThatAreAskedFor) {
  const Described d = describe_config(kDense, {"--set", "estimates.cache_dtypes=[\"int4\"]", "--set", "estimates.contexts=[\"1000\"]"});
  const Value& list = d["estimates"]["cache"]["by_dtype"];
  ASSERT_EQ(list.size(), 1u);
  EXPECT_EQ(list.at(0)["dtype"].str(), "int4");
  EXPECT_EQ(list.at(0)["at"].at(0)["context"].u64(), 1000u);
  EXPECT_EQ(list.at(0)["at"].at(0)["minimum_bytes"].u64(), 2u * 2 * 2 * 16 * 1000 / 2);  // layers, keys and values, heads, width
}

TEST(StructuralHash, DraftLayersAndBuffersChangeNoStructure) {
  std::string drafting = kLatent;
  drafting.insert(1, "\"num_nextn_predict_layers\": 1, ");
  const Described a = describe_config(kLatent), b = describe_config(drafting);
  EXPECT_NE(a["structural_hash"]["exact"].str(), b["structural_hash"]["exact"].str());
  EXPECT_EQ(a["structural_hash"]["structure"].str(), b["structural_hash"]["structure"].str());
  EXPECT_EQ(a["structural_hash"]["family"].str(), b["structural_hash"]["family"].str());
}

// The same weights exported to ONNX in other ways: built alike, whatever the format.
TEST(StructuralHash, ExportsAreBuiltLikeTheirOriginals) {
  const auto folder = shared() / "oracle/models/pair";
  if (!std::filesystem::exists(folder)) GTEST_SKIP() << "no exports at " << folder;
  int exports = 0, exact = 0;
  std::map<std::string, Described> originals;
  for (const auto& place : std::filesystem::directory_iterator(folder)) {
    const std::string name = place.path().filename().string(), model = name.substr(0, name.find('-'));
    if (name == model + "-original" || !std::filesystem::exists(folder / (model + "-original"))) continue;
    if (!originals.contains(model)) originals.emplace(model, describe_folder(folder / (model + "-original"), {"--no-layer-sig"}));
    const Described d = describe_folder(place.path(), {"--no-layer-sig"});
    const Value &ours = d["structural_hash"], &theirs = originals.at(model)["structural_hash"];
    ++exports;
    EXPECT_EQ(ours["structure"].str(), theirs["structure"].str()) << name;
    EXPECT_EQ(ours["family"].str(), theirs["family"].str()) << name;
    bool own_head = false;  // the export keeps a tensor for a head that the original ties
    for (const Value& finding : d["findings"].items()) own_head |= finding["id"].str() == "tied-head-stored";
    EXPECT_EQ(ours["exact"].str() == theirs["exact"].str(), !own_head) << name;
    exact += !own_head;
  }
  EXPECT_GE(exports, 25);
  EXPECT_GE(exact, exports - 3);
}

TEST(OperatorsOf, RotaryPositionsHaveNoTensor) {
  const Described d = describe_config(kDense);
  EXPECT_TRUE(words(d["op_types"]).contains("rope"));
  EXPECT_TRUE(words(d["op_types"]).contains("rms_norm"));
  EXPECT_TRUE(words(d["unique_ops_highlevel"]).contains("RotaryEmb"));
}

TEST(OperatorsOf, LayerNormIsNoRmsNorm) {
  const auto ops = words(describe_config(kEncoder)["op_types"]);
  EXPECT_TRUE(ops.contains("layer_norm"));
  EXPECT_FALSE(ops.contains("rms_norm"));
  EXPECT_FALSE(ops.contains("rope"));
  EXPECT_TRUE(ops.contains("gelu"));
}

TEST(OperatorsOf, HybridHasBothKinds) {
  const auto ops = words(describe_config(kHybrid)["op_types"]);
  for (const char* op : {"gated_delta_rule", "causal_conv1d", "scaled_dot_product_attention", "moe_router", "moe_shared_expert"}) EXPECT_TRUE(ops.contains(op)) << op;
}

TEST(OperatorsOf, StateSpaceModelHasNoAttention) {
  const Described d = describe_config(R"({"model_type": "mamba2", "hidden_size": 64, "num_hidden_layers": 3, "vocab_size": 100, "state_size": 16, "num_heads": 8,
    "head_dim": 16, "n_groups": 1, "conv_kernel": 4, "expand": 2, "tie_word_embeddings": true, "torch_dtype": "float32"})");
  const auto ops = words(d["op_types"]);
  EXPECT_TRUE(ops.contains("ssd_scan"));
  EXPECT_FALSE(ops.contains("scaled_dot_product_attention"));
  EXPECT_TRUE(ops.contains("lm_head"));  // tied: it runs all the same
}

}  // namespace
}  // namespace modelsig::testing
