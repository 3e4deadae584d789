// Families written from published code: the sizes of a published model, and how many elements its checkpoint is said to hold.
#include <gtest/gtest.h>

#include "core/families/family_library.hpp"
#include "core/families/family_model.hpp"
#include "tests/core/families/scratch.hpp"
#include "tests/support/json_value.hpp"

namespace modelsig::testing {
namespace {

struct Published { const char* model; const char* config; std::uint64_t tensors, elements; };  // 0: not said

// clang-format off
const Published kPublished[] = {
  {"Kimi-Linear-48B-A3B", R"({"model_type": "kimi_linear", "first_k_dense_replace": 1, "hidden_size": 2304, "intermediate_size": 9216, "kv_lora_rank": 512,
      "linear_attn_config": {"full_attn_layers": [4, 8, 12, 16, 20, 24, 27], "head_dim": 128, "num_heads": 32, "short_conv_kernel_size": 4,
      "kda_layers": [1, 2, 3, 5, 6, 7, 9, 10, 11, 13, 14, 15, 17, 18, 19, 21, 22, 23, 25, 26]}, "moe_intermediate_size": 1024, "num_attention_heads": 32,
      "num_experts": 256, "num_experts_per_token": 8, "num_hidden_layers": 27, "num_shared_experts": 1, "q_lora_rank": null, "qk_nope_head_dim": 128,
      "qk_rope_head_dim": 64, "v_head_dim": 128, "vocab_size": 163840, "tie_word_embeddings": false})", 0, 49122681728},
  {"DeepSeek-V4-Flash", R"({"model_type": "deepseek_v4", "hidden_size": 4096, "num_hidden_layers": 43, "num_hash_layers": 3, "expert_dtype": "fp4",
      "compress_ratios": [0, 0, 4, 128, 4, 128, 4, 128, 4, 128, 4, 128, 4, 128, 4, 128, 4, 128, 4, 128, 4, 128, 4, 128, 4, 128, 4, 128, 4, 128, 4, 128, 4, 128,
      4, 128, 4, 128, 4, 128, 4, 128, 4, 0], "quantization_config": {"quant_method": "fp8", "weight_block_size": [128, 128]}})", 69187, 0},
  {"Phi-4-multimodal", R"({"model_type": "phi4mm", "audio_processor": {"config": {"attention_dim": 1024, "attention_heads": 16, "linear_units": 1536,
      "num_blocks": 24, "input_size": 80, "kernel_size": 3, "depthwise_seperable_out_channel": 1024, "ext_pw_out_channel": 1024,
      "nemo_conv_settings": {"conv_channels": 1024}, "relative_attention_bias_args": {"t5_bias_max_distance": 500}}}})", 0, 5574460384},
  {"Gemma-4-E4B", R"({"model_type": "gemma4", "text_config": {"model_type": "gemma4_text", "hidden_size": 2560, "intermediate_size": 10240,
      "num_hidden_layers": 42, "num_attention_heads": 8, "num_key_value_heads": 2, "head_dim": 256, "global_head_dim": 512, "num_kv_shared_layers": 18,
      "hidden_size_per_layer_input": 256, "vocab_size": 262144}, "vision_config": {"use_clipped_linears": true}, "audio_config": {}})", 2130, 7996157418},
  {"Qwen3-ASR-0.6B", R"({"model_type": "qwen3_asr", "thinker_config": {"audio_config": {"d_model": 896, "encoder_layers": 18, "encoder_attention_heads": 14,
      "encoder_ffn_dim": 3584, "output_dim": 1024}, "text_config": {"hidden_size": 1024, "intermediate_size": 3072, "num_hidden_layers": 28,
      "num_attention_heads": 16, "num_key_value_heads": 8, "head_dim": 128, "vocab_size": 151936}}})", 612, 938008576},
  {"ProphetNet large", R"({"model_type": "prophetnet"})", 0, 391321600},
  {"RecurrentGemma-2B", R"({"model_type": "recurrent_gemma", "num_key_value_heads": 1, "intermediate_size": 15360})", 0, 2682862080},
  {"BLIP-2 OPT 2.7B", R"({"model_type": "blip-2", "vision_config": {}, "qformer_config": {}, "text_config": {"model_type": "opt", "hidden_size": 2560,
      "ffn_dim": 10240, "num_hidden_layers": 32, "num_attention_heads": 32, "word_embed_proj_dim": 2560, "vocab_size": 50272}})", 0, 3744679936},
  {"InternVL2.5-1B", R"({"model_type": "internvl_chat", "vision_config": {"hidden_size": 1024, "image_size": 448, "intermediate_size": 4096,
      "norm_type": "layer_norm", "num_attention_heads": 16, "num_hidden_layers": 24, "qk_normalization": false, "qkv_bias": true}, "llm_config":
      {"model_type": "qwen2", "hidden_size": 896, "intermediate_size": 4864, "num_attention_heads": 14, "num_hidden_layers": 24, "num_key_value_heads": 2,
      "vocab_size": 151655, "tie_word_embeddings": false}})", 0, 938158976},
  {"EXAONE-3.5-7.8B", R"({"model_type": "exaone", "hidden_size": 4096, "intermediate_size": 14336, "num_layers": 32, "num_attention_heads": 32,
      "num_key_value_heads": 8, "vocab_size": 102400, "tie_word_embeddings": false})", 0, 7818448896},
  {"Ling-lite", R"({"model_type": "bailing_moe", "head_dim": 128, "hidden_size": 2048, "intermediate_size": 5632, "moe_intermediate_size": 1408,
      "num_attention_heads": 16, "num_experts": 64, "num_hidden_layers": 28, "num_key_value_heads": 4, "num_shared_experts": 2, "vocab_size": 126464})",
      0, 16801974272},
  {"GLM-4.7-Flash", R"({"model_type": "glm4_moe_lite", "num_nextn_predict_layers": 1})", 0, 31221488576},
  {"InternLM3-8B", R"({"model_type": "internlm3", "bias": false, "qkv_bias": false, "head_dim": 128, "hidden_size": 4096, "intermediate_size": 10240,
      "num_attention_heads": 32, "num_hidden_layers": 48, "num_key_value_heads": 2, "vocab_size": 128512})", 0, 8804241408},
  {"nomic-embed-text-v1.5", R"({"model_type": "nomic_bert", "n_embd": 768, "n_layer": 12, "n_head": 12, "n_inner": 3072, "vocab_size": 30528,
      "type_vocab_size": 2, "qkv_proj_bias": false, "mlp_fc1_bias": false, "mlp_fc2_bias": false, "activation_function": "swiglu",
      "rotary_emb_fraction": 1.0})", 0, 136731648},
  {"AST on AudioSet", R"({"model_type": "audio-spectrogram-transformer", "architectures": ["ASTForAudioClassification"], "num_labels": 527})", 0, 86594063},
  {"Granite-4.0-H-Tiny", R"({"model_type": "granitemoehybrid", "hidden_size": 1536, "num_hidden_layers": 40, "num_attention_heads": 12,
      "num_key_value_heads": 4, "intermediate_size": 512, "num_local_experts": 64, "num_experts_per_tok": 6, "shared_intermediate_size": 1024,
      "mamba_n_heads": 48, "mamba_d_head": 64, "mamba_d_state": 128, "vocab_size": 100352, "tie_word_embeddings": true,
      "layer_types": ["mamba", "mamba", "mamba", "mamba", "mamba", "attention", "mamba", "mamba", "mamba", "mamba", "mamba", "mamba", "mamba", "mamba", "mamba",
      "attention", "mamba", "mamba", "mamba", "mamba", "mamba", "mamba", "mamba", "mamba", "mamba", "attention", "mamba", "mamba", "mamba", "mamba", "mamba",
      "mamba", "mamba", "mamba", "mamba", "attention", "mamba", "mamba", "mamba", "mamba"]})", 0, 6939037248},
};
// clang-format on

TEST(PublishedFamilies, HoldAsManyElementsAsTheirCheckpointsAreSaidTo) {
  FamilyLibrary library({families_folder()});
  for (const Published& p : kPublished) {
    const auto config = parse_json(p.config);
    std::uint64_t tensors = 0, elements = 0;
    FamilyModel::apply(library.find(config->root()["model_type"].str()), config->root()).tensors([&](const families::FamilyTensor& t) {
      std::uint64_t n = 1;
      for (const auto axis : t.shape) n *= axis;
      elements += n;
      ++tensors;
    });
    EXPECT_EQ(tensors, p.tensors ? p.tensors : tensors) << p.model;
    EXPECT_EQ(elements, p.elements ? p.elements : elements) << p.model;
  }
}

}  // namespace
}  // namespace modelsig::testing
