// Families written from published code, where no checkpoint is at hand: literal configs, the names and shapes that follow.
#include <gtest/gtest.h>

#include <map>
#include <sstream>

#include "core/families/family_library.hpp"
#include "core/families/family_model.hpp"
#include "tests/core/families/scratch.hpp"
#include "tests/support/json_value.hpp"

namespace modelsig::testing {
namespace {

// "name [shape]" a line, sorted; of names that differ in indices the first
std::string names_of(const char* type, const char* json) {
  const auto config = parse_json(json);
  FamilyLibrary library({families_folder()});
  std::map<std::string, std::string> seen;
  const auto without_indices = [](std::string_view path) {
    std::istringstream words{std::string(path)};
    std::string abstract;
    for (std::string word; std::getline(words, word, '.');)
      abstract += (abstract.empty() ? "" : ".") + (word.find_first_not_of("0123456789") == std::string::npos ? std::string("N") : word);
    return abstract;
  };
  FamilyModel::apply(library.find(type), config->root()).tensors([&](const families::FamilyTensor& t) {
    std::string shape;
    for (const auto axis : t.shape) shape += (shape.empty() ? "" : ",") + std::to_string(axis);
    seen.emplace(without_indices(t.name), shape);
  });
  std::string out;
  for (const auto& [name, shape] : seen) out += name + " [" + shape + "]\n";
  return out;
}

TEST(PublishedFamilies, SarvamMoE) {
  EXPECT_EQ(names_of("sarvam_moe", R"({"hidden_size": 32, "num_hidden_layers": 2, "num_attention_heads": 4, "num_key_value_heads": 2, "head_dim": 10,
      "intermediate_size": 48, "moe_intermediate_size": 12, "num_experts": 3, "num_shared_experts": 2, "vocab_size": 99})"),
            "lm_head.weight [99,32]\n"
            "model.layers.N.attention.dense.weight [32,40]\n"
            "model.layers.N.attention.key_layernorm.weight [10]\n"
            "model.layers.N.attention.query_key_value.weight [80,32]\n"
            "model.layers.N.attention.query_layernorm.weight [10]\n"
            "model.layers.N.input_layernorm.weight [32]\n"
            "model.layers.N.mlp.down_proj.weight [32,48]\n"
            "model.layers.N.mlp.experts.N.down_proj.weight [32,12]\n"
            "model.layers.N.mlp.experts.N.gate_proj.weight [12,32]\n"
            "model.layers.N.mlp.experts.N.up_proj.weight [12,32]\n"
            "model.layers.N.mlp.gate.expert_bias [3]\n"
            "model.layers.N.mlp.gate.weight [3,32]\n"
            "model.layers.N.mlp.gate_proj.weight [48,32]\n"
            "model.layers.N.mlp.shared_experts.down_proj.weight [32,24]\n"
            "model.layers.N.mlp.shared_experts.gate_proj.weight [24,32]\n"
            "model.layers.N.mlp.shared_experts.up_proj.weight [24,32]\n"
            "model.layers.N.mlp.up_proj.weight [48,32]\n"
            "model.layers.N.post_attention_layernorm.weight [32]\n"
            "model.norm.weight [32]\n"
            "model.word_embeddings.weight [99,32]\n");
}

TEST(PublishedFamilies, Param2WithATiedHeadAndTheSharedWidthSaid) {
  const std::string got = names_of("param2moe", R"({"hidden_size": 32, "num_hidden_layers": 2, "num_experts": 3, "num_shared_experts": 2,
      "moe_intermediate_size": 12, "moe_shared_expert_intermediate_size": 20, "tie_word_embeddings": true})");
  EXPECT_EQ(std::count(got.begin(), got.end(), '\n'), 19);
  EXPECT_EQ(got.find("lm_head"), std::string::npos);
  EXPECT_NE(got.find("model.layers.N.mlp.shared_experts.up_proj.weight [20,32]\n"), std::string::npos) << got;
}

TEST(PublishedFamilies, SarvamMLA) {
  EXPECT_EQ(names_of("sarvam_mla", R"({"hidden_size": 32, "num_hidden_layers": 2, "num_attention_heads": 4, "kv_lora_rank": 6, "qk_nope_head_dim": 5,
      "qk_rope_head_dim": 3, "v_head_dim": 7, "intermediate_size": 48, "moe_intermediate_size": 12, "num_experts": 3, "vocab_size": 99})"),
            "lm_head.weight [99,32]\n"
            "model.embed_tokens.weight [99,32]\n"
            "model.layers.N.input_layernorm.weight [32]\n"
            "model.layers.N.mlp.down_proj.weight [32,48]\n"
            "model.layers.N.mlp.experts.N.down_proj.weight [32,12]\n"
            "model.layers.N.mlp.experts.N.gate_proj.weight [12,32]\n"
            "model.layers.N.mlp.experts.N.up_proj.weight [12,32]\n"
            "model.layers.N.mlp.gate.e_score_correction_bias [3]\n"
            "model.layers.N.mlp.gate.weight [3,32]\n"
            "model.layers.N.mlp.gate_proj.weight [48,32]\n"
            "model.layers.N.mlp.shared_experts.down_proj.weight [32,12]\n"
            "model.layers.N.mlp.shared_experts.gate_proj.weight [12,32]\n"
            "model.layers.N.mlp.shared_experts.up_proj.weight [12,32]\n"
            "model.layers.N.mlp.up_proj.weight [48,32]\n"
            "model.layers.N.post_attention_layernorm.weight [32]\n"
            "model.layers.N.self_attn.kv_a_layernorm.weight [6]\n"
            "model.layers.N.self_attn.kv_a_proj_with_mqa.weight [9,32]\n"
            "model.layers.N.self_attn.kv_b_proj.weight [48,6]\n"
            "model.layers.N.self_attn.o_proj.weight [32,28]\n"
            "model.layers.N.self_attn.q_proj.weight [32,32]\n"
            "model.norm.weight [32]\n");
}

TEST(PublishedFamilies, RekaEdge) {
  const std::string got = names_of("yasa2", R"({"text_config": {"hidden_size": 32, "num_hidden_layers": 2, "num_attention_heads": 4, "num_key_value_heads": 2,
      "intermediate_size": 48, "vocab_size": 99}, "vision_config": {"depths": [1, 2], "hidden_sizes": [6, 10], "patch_size": 4}})");
  EXPECT_EQ(std::count(got.begin(), got.end(), '\n'), 32) << got;
  for (const char* line : {"lm_head.weight [99,32]\n",
                           "model.language_model.layers.N.self_attn.k_proj.weight [16,32]\n",
                           "model.language_projection.N.weight [32,10]\n",
                           "model.vision_model.backbone.embeddings.patch_embeddings.weight [6,3,4,4]\n",
                           "model.vision_model.backbone.encoder.stages.N.layers.N.dwconv.weight [6,1,7,7]\n",
                           "model.vision_model.backbone.encoder.stages.N.layers.N.grn.weight [1,1,1,24]\n",
                           "model.vision_model.backbone.encoder.stages.N.downsampling_layer.N.weight [6]\n",
                           "model.vision_model.backbone.layernorm.weight [10]\n"})
    EXPECT_NE(got.find(line), std::string::npos) << line << "is not in\n" << got;
}

}  // namespace
}  // namespace modelsig::testing
