#include <cstdio>

#include "described.hpp"
#include "tests/plugins/format_onnx/onnx_bytes.hpp"

namespace modelsig::testing {
namespace {

TEST(Signatures, EveryModuleHasWhatGoesInAndOutForEightInputIds) {
  const Described d = describe_config(kDense);
  const Value& s = d["layer_signatures"];
  EXPECT_EQ(s["model.embed_tokens"]["input"].at(0)["dtype"].str(), "int64");
  EXPECT_EQ(sizes(s["model.embed_tokens"]["input"]), "[1,8]");
  const Value& k = s["model.layers.1.self_attn.k_proj"];
  EXPECT_EQ(k["module_type"].str(), "Linear");
  EXPECT_EQ(k["norm_path"].str(), "model.layers.N.self_attn.k_proj");
  EXPECT_EQ(sizes(k["input"]), "[1,8,64]");
  EXPECT_EQ(sizes(k["output"]), "[1,8,32]");
  EXPECT_EQ(k["output"].at(0)["symbolic"].str(), "[B, S, kv_heads*head_dim]");
  EXPECT_EQ(k["output"].at(0)["dtype"].str(), "bfloat16");
}

TEST(Signatures, BlockWithoutALineIsAssumed) {
  const Described d = describe_config(kDense);
  const Value& mlp = d["layer_signatures"]["model.layers.0.mlp"];
  EXPECT_EQ(mlp["module_type"].str(), "LlamaMLP");
  EXPECT_TRUE(mlp["assumed"].boolean());
  EXPECT_EQ(sizes(mlp["output"]), "[1,8,64]");
}

TEST(Signatures, ModulesWithoutTensorsRunToo) {
  const Described d = describe_config(kDense);
  const Value& s = d["layer_signatures"];
  EXPECT_EQ(s["model.layers.0.mlp.act_fn"]["module_type"].str(), "SiLU");
  EXPECT_EQ(sizes(s["model.layers.0.mlp.act_fn"]["output"]), "[1,8,96]");
  EXPECT_EQ(sizes(s["model.rotary_emb"]["input"]), "[1,8,64][1,8]");
  EXPECT_EQ(sizes(s["model.rotary_emb"]["output"]), "[1,8,16][1,8,16]");
}

TEST(Signatures, WholeModelReturnsNamedFields) {
  const Described d = describe_config(kDense);
  const Value& model = d["layer_signatures"]["model"];
  EXPECT_EQ(model["output"].size(), 0u);  // no tensor of its own, as a captured forward pass shows it
  EXPECT_EQ(model["output_fields"]["last_hidden_state"]["symbolic"].str(), "[B, S, hidden]");
}

TEST(Signatures, ExpertsThatTheBlockPicksComeWithTheirScores) {
  const Described d = describe_config(kExperts);
  const Value& moe = d["layer_signatures"]["model.layers.0.block_sparse_moe"];
  EXPECT_EQ(sizes(moe["input"]), "[1,8,64]");
  EXPECT_EQ(sizes(moe["output"]), "[1,8,64][8,8]");
}

TEST(Signatures, BigModelIsFoldedAndCounted) {
  std::string config = kExperts;
  config.replace(config.find("\"num_local_experts\": 8"), 22, "\"num_local_experts\": 500");
  const Described d = describe_config(config);
  EXPECT_TRUE(d["layer_signatures_folded"].boolean());
  std::uint64_t folded = 0;
  for (const Member& m : d["layer_signatures"].members()) {
    const Value* count = m.value.find("count");
    if (count) folded += count->u64();
    EXPECT_EQ(m.key.find(".0."), std::string_view::npos) << m.key;
  }
  EXPECT_EQ(folded, d["layer_signatures_modules"].u64());
  EXPECT_GT(folded, 3000u);  // 2 layers x 500 experts x 3
}

TEST(Signatures, SwitchedOffThereAreNone) {
  const Described d = describe_config(kDense, {"--no-layer-sig"});
  EXPECT_EQ(d.model().find("layer_signatures"), nullptr);
}

// No family serves this type: what roles by name and shapes let expect, marked so.
TEST(Signatures, WithoutAFamilyFileModulesAreAssumed) {
  const auto folder = shared() / "oracle/families/llama";
  if (!std::filesystem::exists(folder)) GTEST_SKIP() << "no checkpoint at " << folder;
  const auto copy = std::filesystem::temp_directory_path() / ("modelsig_no_family_" + std::to_string(::getpid()));
  std::filesystem::create_directories(copy);
  std::filesystem::copy_file(folder / "model.safetensors", copy / "model.safetensors", std::filesystem::copy_options::overwrite_existing);
  std::ifstream in(folder / "config.json");
  std::string config(std::istreambuf_iterator<char>(in), {});
  config.replace(config.find("\"llama\""), 7, "\"nobody_knows_me\"");
  std::ofstream(copy / "config.json") << config;
  const Described d = describe_folder(copy);
  std::filesystem::remove_all(copy);
  std::ifstream truth(folder / "layer_signatures.json");
  const auto captured = parse_json(std::string(std::istreambuf_iterator<char>(truth), {}));
  int seen = 0;
  for (const Member& m : d["layer_signatures"].members()) {
    EXPECT_TRUE(m.value["assumed"].boolean()) << m.key;
    const Value* theirs = captured->root().find(m.key);
    if (!theirs) continue;
    ++seen;
    EXPECT_EQ(sizes(m.value["output"]), sizes((*theirs)["output"])) << m.key;
  }
  EXPECT_GT(seen, 30);
}

// What the graph says counts, an axis it leaves open has no size.
TEST(Signatures, OnnxGraphSaysWhatGoesThroughItsNodes) {
  using namespace onnx_test;
  const auto folder = std::filesystem::temp_directory_path() / ("modelsig_graph_ends_" + std::to_string(::getpid()));
  std::filesystem::create_directories(folder);
  std::ofstream(folder / "net.onnx", std::ios::binary)
      << file({.nodes = {node("Conv", {"image", "conv.weight"}, {"h"})}, .initialisers = {tensor("conv.weight", {6, 3, 2, 2})}, .inputs = {port("image", {-1, 3, 8, 8})},
               .outputs = {port("h", {-1, 6, 7, 7})}});
  const Described d = describe_folder(folder);
  std::filesystem::remove_all(folder);
  const Value& conv = d["layer_signatures"]["conv"];
  EXPECT_EQ(conv["module_type"].str(), "Conv");
  EXPECT_EQ(conv.find("assumed"), nullptr);
  EXPECT_EQ(conv["input"].at(0)["symbolic"].str(), "[n, 3, 8, 8]");
  EXPECT_EQ(conv["input"].at(0)["shape"].size(), 4u);
  EXPECT_FALSE(conv["input"].at(0)["shape"].at(0).is_number());
  EXPECT_EQ(conv["output"].at(0)["shape"].at(1).u64(), 6u);
  EXPECT_EQ(conv["output"].at(0)["dtype"].str(), "float32");
}

// The report against captured forward passes, by the names under which the modules run.
TEST(Signatures, CapturedForwardPassesThroughTheReport) {
  const auto folder = shared() / "oracle/families";
  if (!std::filesystem::exists(folder)) GTEST_SKIP() << "no captured forward passes at " << folder;
  int listed = 0, outputs = 0, declared = 0, right = 0;
  for (const auto& place : std::filesystem::directory_iterator(folder)) {
    if (!std::filesystem::exists(place.path() / "layer_signatures.json")) continue;
    std::ifstream in(place.path() / "layer_signatures.json");
    const auto captured = parse_json(std::string(std::istreambuf_iterator<char>(in), {}));
    const Described d = describe_folder(place.path());
    for (const Member& m : captured->root().members()) {
      ++listed;
      const Value* ours = d["layer_signatures"].find(m.key);
      if (!ours) continue;
      bool routed = false;  // how many tokens reach an expert depends on the data
      for (const Value& end : (*ours)["input"].items()) routed |= end["symbolic"].str().find("routed") != std::string_view::npos;
      const auto shown = [&](const Value& ends) {
        std::string text = sizes(ends);
        return routed ? text.substr(std::min(text.find(','), text.size())) : text;
      };
      const bool same = shown((*ours)["output"]) == shown(m.value["output"]);
      outputs += same;
      if ((*ours)["assumed"].boolean()) continue;
      ++declared;
      const bool ok = same && (m.value["input"].size() == 0 || shown((*ours)["input"]) == shown(m.value["input"]));
      right += ok;
      if (!ok) std::printf("  %s %s: %s -> %s, ours %s -> %s\n", place.path().filename().c_str(), std::string(m.key).c_str(), sizes(m.value["input"]).c_str(),
                           sizes(m.value["output"]).c_str(), sizes((*ours)["input"]).c_str(), sizes((*ours)["output"]).c_str());
    }
  }
  std::printf("listed %d, outputs right %d; with a line %d, inputs and outputs right %d\n", listed, outputs, declared, right);
  EXPECT_GT(listed, 3500);
  EXPECT_GE(outputs * 1000, listed * 970);  // left: bare models captured inside another one, whose names their files don't have
  EXPECT_EQ(right, declared);
}

}  // namespace
}  // namespace modelsig::testing
