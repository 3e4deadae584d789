// Names of containers that spell every architecture the same way: one line of a family becomes what GGUF stores of it.
#include <gtest/gtest.h>

#include "core/families/checkpoint_check.hpp"
#include "core/families/family_library.hpp"
#include "core/families/family_model.hpp"
#include "core/families/name_tables.hpp"
#include "core/value/error.hpp"
#include "tests/core/families/scratch.hpp"
#include "tests/support/json_value.hpp"

namespace modelsig::testing {
namespace {

FamilyOptions gguf() {
  FamilyOptions out;
  out.dialect = "gguf";
  out.quantised = false;
  return out;
}

FamilyModel model(const std::string& family, const std::string& config, const FamilyOptions& options = gguf()) {
  static FamilyLibrary library({families_folder()});
  return FamilyModel::apply(library.load(family), parse_json(config)->root(), options);
}

// "name role [axes]" a line, of the names that hold `part`
std::string generated_names(const FamilyModel& m, std::string_view part = "") {
  std::string out;
  m.tensors([&](const families::FamilyTensor& t) {
    if (t.name.find(part) == t.name.npos) return;
    out += std::string(t.name) + " " + t.origin->label + " [";
    for (std::size_t i = 0; i < t.shape.size(); ++i) out += (i ? ", " : "") + std::to_string(t.shape[i]);
    out += "]\n";
  });
  return out;
}

const char* const kMixtral = R"({"hidden_size": 8, "intermediate_size": 12, "num_hidden_layers": 1, "num_attention_heads": 2, "num_key_value_heads": 1,
                                 "num_local_experts": 4, "vocab_size": 10, "tie_word_embeddings": true})";

TEST(ContainerNames, ExpertsOfALayerAreOneTensorAndATiedHeadIsNone) {
  EXPECT_EQ(generated_names(model("mixtral", kMixtral)), R"(token_embd.weight embed.tokens [10, 8]
output_norm.weight final.norm [8]
blk.0.attn_norm.weight attn.norm [8]
blk.0.ffn_norm.weight ffn.norm [8]
blk.0.attn_q.weight attn.q [8, 8]
blk.0.attn_k.weight attn.k [4, 8]
blk.0.attn_v.weight attn.v [4, 8]
blk.0.attn_output.weight attn.o [8, 8]
blk.0.ffn_gate_inp.weight moe.router [4, 8]
blk.0.ffn_gate_exps.weight moe.gate [4, 12, 8]
blk.0.ffn_down_exps.weight moe.down [4, 8, 12]
blk.0.ffn_up_exps.weight moe.up [4, 12, 8]
)");
}

TEST(ContainerNames, ANameSaysItsRoleWithTheExpertAxisFirst) {
  const FamilyModel m = model("mixtral", kMixtral);
  const auto found = m.match("blk.0.ffn_down_exps.weight");
  ASSERT_TRUE(found);
  EXPECT_EQ(found.tensor->label, "moe.down");
  EXPECT_EQ(found.tensor->axes, (std::vector<std::string>{"experts", "hidden", "ffn"}));
  EXPECT_EQ(found.tensor->label, model("mixtral", kMixtral, {}).match("model.layers.0.block_sparse_moe.experts.3.w2.weight").tensor->label);
  EXPECT_FALSE(m.match("model.layers.0.block_sparse_moe.experts.3.w2.weight"));
  EXPECT_FALSE(m.match("blk.0.no_such.weight"));
}

const char* const kLatent = R"({"hidden_size": 16, "intermediate_size": 8, "num_hidden_layers": 1, "num_attention_heads": 2, "q_lora_rank": 6, "kv_lora_rank": 4,
    "qk_nope_head_dim": 3, "qk_rope_head_dim": 2, "v_head_dim": 5, "n_routed_experts": 4, "moe_intermediate_size": 7, "first_k_dense_replace": 0, "vocab_size": 10})";

TEST(ContainerNames, LatentAttentionIsWholeOrInPieces) {
  FamilyOptions split = gguf();
  split.split.insert("attn.kv_up");
  EXPECT_EQ(generated_names(model("deepseek_v3", kLatent), "attn_kv_b"), "blk.0.attn_kv_b.weight attn.kv_up [16, 4]\n");
  EXPECT_EQ(generated_names(model("deepseek_v3", kLatent), "_b.weight"), "blk.0.attn_q_b.weight attn.q_up [10, 6]\nblk.0.attn_kv_b.weight attn.kv_up [16, 4]\n");
  EXPECT_EQ(generated_names(model("deepseek_v3", kLatent, split), "_b.weight"),
            "blk.0.attn_q_b.weight attn.q_up [10, 6]\nblk.0.attn_k_b.weight attn.k_up [2, 4, 3]\nblk.0.attn_v_b.weight attn.v_up [2, 5, 4]\n");
  EXPECT_EQ(generated_names(model("deepseek_v3", kLatent), "exp_probs"), "blk.0.exp_probs_b.bias moe.router.e_score_correction_bias [4]\n");
  EXPECT_EQ(model("deepseek_v3", kLatent).match("blk.0.attn_v_b.weight").tensor->label, "attn.v_up");  // known either way
}

const char* const kGptOss = R"({"hidden_size": 8, "intermediate_size": 12, "num_hidden_layers": 1, "num_attention_heads": 2, "num_key_value_heads": 1, "head_dim": 4,
                                "num_local_experts": 4, "vocab_size": 10})";

TEST(ContainerNames, ExpertsThatTransformersFusesAndTurnsAreApartAgain) {
  EXPECT_EQ(generated_names(model("gpt_oss", kGptOss), "_exps"), R"(blk.0.ffn_gate_exps.weight moe.gate [4, 12, 8]
blk.0.ffn_up_exps.weight moe.up [4, 12, 8]
blk.0.ffn_gate_exps.bias moe.gate.bias [4, 12]
blk.0.ffn_up_exps.bias moe.up.bias [4, 12]
blk.0.ffn_down_exps.weight moe.down [4, 8, 12]
blk.0.ffn_down_exps.bias moe.down.bias [4, 8]
)");
}

TEST(ContainerNames, AConv1DStandsTheOtherWayRound) {
  EXPECT_EQ(generated_names(model("gpt2", R"({"n_embd": 8, "n_layer": 1, "n_head": 2, "n_positions": 5, "vocab_size": 10})"), "attn_qkv"),
            "blk.0.attn_qkv.weight attn.qkv [24, 8]\nblk.0.attn_qkv.bias attn.qkv.bias [24]\n");
}

TEST(ContainerNames, PostAttentionNormIsTheFfnsUnlessAnotherRoleHasIt) {
  const char* const config = R"({"hidden_size": 8, "intermediate_size": 12, "num_hidden_layers": 1, "num_attention_heads": 2, "head_dim": 4, "vocab_size": 10})";
  const FamilyModel glm = model("llama", config), gemma = model("gemma2", config);
  EXPECT_EQ(glm.match("blk.0.post_attention_norm.weight").tensor->label, "ffn.norm");
  EXPECT_EQ(glm.first_name(glm.match("blk.0.post_attention_norm.weight")), "blk.0.ffn_norm.weight");
  EXPECT_EQ(gemma.match("blk.0.post_attention_norm.weight").tensor->label, "attn.post_norm");
  EXPECT_EQ(gemma.match("blk.0.ffn_norm.weight").tensor->label, "ffn.norm");
}

TEST(ContainerNames, AxesOfOneComeAndGoInAComparison) {
  static FamilyLibrary library({families_folder()});
  const auto config = parse_json(R"({"hidden_size": 8, "num_hidden_layers": 1, "state_size": 4, "conv_kernel": 3, "expand": 2, "time_step_rank": 2, "vocab_size": 10})");
  std::vector<std::pair<std::string, std::vector<std::uint64_t>>> stored;
  FamilyModel::apply(library.load("mamba"), config->root(), gguf()).tensors([&](const families::FamilyTensor& t) { stored.push_back({std::string(t.name), {t.shape.begin(), t.shape.end()}}); });
  bool dropped = false;
  for (auto& [name, shape] : stored) {
    dropped = dropped || std::find(shape.begin(), shape.end(), 1u) != shape.end();
    std::erase(shape, 1u);
  }
  EXPECT_TRUE(dropped);  // the convolution's
  std::vector<families::StoredTensor> checkpoint;
  for (const auto& [name, shape] : stored) checkpoint.push_back({name, shape});
  EXPECT_TRUE(families::check_checkpoint(library.load("mamba"), config->root(), checkpoint, gguf()).difference.exact());
}

std::string said(const std::string& names) {
  Scratch scratch;
  std::filesystem::create_directories(scratch.folder() / "names");
  scratch.write("names/mine", names);
  try {
    FamilyLibrary({families_folder(), scratch.folder()}).vocabulary()->names->find("mine");
    return "fine";
  } catch (const Error& error) {
    const std::string text = error.what();
    return text.substr(text.find("mine.toml"));
  }
}

TEST(ContainerNames, MistakesHaveAPlace) {
  EXPECT_EQ(said("[roles]\n\"attn.q\" = \"l{layer}.q\"\n"), "fine");
  EXPECT_EQ(said("[roles]\n\"attn.qq\" = \"l{layer}.q\"\n"), "mine.toml:2:1: no role 'attn.qq'");
  EXPECT_EQ(said("[roles]\n\"attn.q\" = 1\n"), "mine.toml:2:12: expected a text or a list of texts");
  EXPECT_EQ(said("[rolls]\n"), "mine.toml:1:2: a names file has turned, [roles], [tensors], [stacked], [[split]] and [only.FAMILY], not [rolls]");
  EXPECT_NE(said("[[split]]\nrole = \"attn.kv_up\"\ninto = [ { role = \"attn.k_up\", name = \"x\", shape = \"[a0\" } ]\n").find("mine.toml:3:"), std::string::npos);
}

}  // namespace
}  // namespace modelsig::testing
