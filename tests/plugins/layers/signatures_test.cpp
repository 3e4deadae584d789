#include <cstdio>

#include "described.hpp"

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

TEST(Signatures, BlockWithoutTensorsIsAssumed) {
  const Described d = describe_config(kDense);
  const Value& mlp = d["layer_signatures"]["model.layers.0.mlp"];
  EXPECT_TRUE(mlp["module_type"].is(Kind::null));
  EXPECT_TRUE(mlp["assumed"].boolean());
  EXPECT_EQ(sizes(mlp["output"]), "[1,8,64]");
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

// The report against captured forward passes: modules with tensors, by the checkpoint's names.
TEST(Signatures, CapturedForwardPassesThroughTheReport) {
  const auto folder = shared() / "oracle/families";
  if (!std::filesystem::exists(folder)) GTEST_SKIP() << "no captured forward passes at " << folder;
  int seen = 0, right = 0;
  for (const auto& place : std::filesystem::directory_iterator(folder)) {
    if (!std::filesystem::exists(place.path() / "layer_signatures.json")) continue;
    std::ifstream in(place.path() / "layer_signatures.json");
    const auto captured = parse_json(std::string(std::istreambuf_iterator<char>(in), {}));
    const Described d = describe_folder(place.path());
    for (const Member& m : captured->root().members()) {
      const Value* ours = d["layer_signatures"].find(m.key);
      if (!ours || (*ours)["module_type"].is(Kind::null)) continue;
      bool routed = false;  // how many tokens reach an expert depends on the data
      for (const Value& end : (*ours)["input"].items()) routed |= end["symbolic"].str().find("routed") != std::string_view::npos;
      const auto shown = [&](const Value& ends) {
        std::string text = sizes(ends);
        return routed ? text.substr(std::min(text.find(','), text.size())) : text;
      };
      ++seen;
      const bool ok = shown((*ours)["output"]) == shown(m.value["output"]) && (m.value["input"].size() == 0 || shown((*ours)["input"]) == shown(m.value["input"]));
      right += ok;
      if (!ok) std::printf("  %s %s: %s -> %s, ours %s -> %s\n", place.path().filename().c_str(), std::string(m.key).c_str(), sizes(m.value["input"]).c_str(),
                           sizes(m.value["output"]).c_str(), sizes((*ours)["input"]).c_str(), sizes((*ours)["output"]).c_str());
    }
  }
  std::printf("modules %d, inputs and outputs right %d\n", seen, right);
  EXPECT_GT(seen, 2100);
  EXPECT_GE(right, seen - 5);
}

}  // namespace
}  // namespace modelsig::testing
