// What a family file may say and what is said when it is wrong. Files are small and stand in the test.
#include <gtest/gtest.h>

#include "core/families/checkpoint_check.hpp"
#include "core/families/family_library.hpp"
#include "core/families/family_model.hpp"
#include "core/families/module_tree.hpp"
#include "core/value/error.hpp"
#include "tests/core/families/scratch.hpp"
#include "tests/support/json_value.hpp"

namespace modelsig::testing {
namespace {

const char* const kTiny = R"toml(# Tiny: one projection a layer.
family  = ["tiny"]
class   = "Tiny"
base    = "model"

[config]
hidden        = ["hidden_size", "d_model"]
layers        = "num_hidden_layers"
vocab         = "vocab_size"
tied          = "tie_word_embeddings"
architectures = "architectures"

[defaults]
vocab_size = 10

[index]
layer = "layers"

[heads]
default = "lm"
Model   = "none"

[module]
lm_head = "head.lm: linear(hidden -> vocab)  when head == 'lm'  same as model.embed if tied"

[module."model"]
embed = "embed.tokens: embedding(vocab, hidden)"

[module."model.layers.{layer}"]
proj = "attn.o: linear(hidden -> 2*hidden, bias = layer > 0)"
)toml";

std::string generated(const FamilyModel& model) {
  std::string out;
  model.tensors([&](const families::FamilyTensor& t) {
    out += std::string(t.name) + " " + t.origin->label + " " + std::string(t.symbolic) + " ";
    for (auto d : t.shape) out += std::to_string(d) + ",";
    out += "\n";
  });
  return out;
}

// the families of the test beside the shipped kinds and roles
std::string run(const Scratch& scratch, const std::string& name, const std::string& config, const FamilyOptions& options = {}) {
  try {
    FamilyLibrary library({families_folder(), scratch.folder()});
    return generated(FamilyModel::apply(library.load(name), parse_json(config)->root(), options));
  } catch (const Error& e) {
    std::string text = e.what();
    const std::string folder = scratch.folder().string() + "/";
    for (std::size_t at; (at = text.find(folder)) != std::string::npos;) text.erase(at, folder.size());
    return text;
  }
}

std::string tiny_with(const std::string& from, const std::string& to) {
  std::string text = kTiny;
  const std::size_t at = text.find(from);
  EXPECT_NE(at, std::string::npos) << from;
  return text.replace(at, from.size(), to);
}

TEST(FamilyFile, GivesNamesRolesAndShapes) {
  Scratch s;
  s.write("tiny", kTiny);
  EXPECT_EQ(run(s, "tiny", R"({"d_model": 4, "num_hidden_layers": 2})"),
            "lm_head.weight head.lm [vocab, hidden] 10,4,\n"
            "model.embed.weight embed.tokens [vocab, hidden] 10,4,\n"
            "model.layers.0.proj.weight attn.o [2*hidden, hidden] 8,4,\n"
            "model.layers.1.proj.weight attn.o [2*hidden, hidden] 8,4,\n"
            "model.layers.1.proj.bias attn.o.bias [2*hidden] 8,\n");
}

TEST(FamilyFile, DropsTheBaseWhenOnlyTheBareModelWasSaved) {
  Scratch s;
  s.write("tiny", kTiny);
  EXPECT_EQ(run(s, "tiny", R"({"d_model": 4, "num_hidden_layers": 1, "architectures": ["TinyModel"]})"),
            "embed.weight embed.tokens [vocab, hidden] 10,4,\nlayers.0.proj.weight attn.o [2*hidden, hidden] 8,4,\n");
}

TEST(FamilyFile, ATiedHeadStoresNothing) {
  Scratch s;
  s.write("tiny", kTiny);
  EXPECT_EQ(run(s, "tiny", R"({"d_model": 4, "num_hidden_layers": 0, "tie_word_embeddings": true})"), "model.embed.weight embed.tokens [vocab, hidden] 10,4,\n");
}

TEST(FamilyFile, AChildReplacesRemovesAddsAndRenames) {
  Scratch s;
  s.write("tiny", kTiny).write("child", R"toml(
family  = ["child"]
extends = "tiny"
[rename]
model = "net"
[module]
lm_head = false
[module."net.layers.{layer}"]
proj       = "attn.o: linear(hidden -> hidden)"
extra.norm = "attn.norm: rms_norm(hidden)"
[defaults]
vocab_size = 3
)toml");
  EXPECT_EQ(run(s, "child", R"({"d_model": 4, "num_hidden_layers": 1})"),
            "net.embed.weight embed.tokens [vocab, hidden] 3,4,\n"
            "net.layers.0.proj.weight attn.o [hidden, hidden] 4,4,\n"
            "net.layers.0.extra.norm.weight attn.norm [hidden] 4,\n");
}

TEST(FamilyFile, ErrorsStandInsideTheQuotedLine) {
  const std::string config = R"({"d_model": 4, "num_hidden_layers": 1})";
  const auto error = [&](const std::string& from, const std::string& to) {
    Scratch s;
    s.write("tiny", tiny_with(from, to));
    return run(s, "tiny", config);
  };
  EXPECT_EQ(error("2*hidden, bias", "2*hiden, bias"), "tiny.toml:30:36: nothing is called 'hiden', did you mean 'hidden'?");
  EXPECT_EQ(error("attn.o: linear", "atn.o: linear"), "tiny.toml:30:9: no role 'atn.o', did you mean 'attn.o'?");
  EXPECT_EQ(error("attn.o: linear", "attn.o: liner"), "tiny.toml:30:17: no kind 'liner', did you mean 'linear'?");
  EXPECT_EQ(error("bias = layer", "bais = layer"), "tiny.toml:30:17: linear has no argument 'bais', did you mean 'bias'?");
  EXPECT_EQ(error("bias = layer > 0)", "bias = layer > 0"), "tiny.toml:30:60: expected ')', found the end");
  EXPECT_EQ(error("linear(hidden -> 2*hidden, bias = layer > 0)", "linear(hidden)"), "tiny.toml:30:17: linear needs 'to'");
  EXPECT_EQ(error("layers.{layer}", "layers.{block}"), "tiny.toml:30:1: model.layers.{block}.proj: there is no [index] block");
  EXPECT_EQ(error("[index]", "[indices]"), "tiny.toml:16:2: a family file has no section 'indices'");
  EXPECT_EQ(error("embedding(vocab, hidden)", "embedding(vocab, layer)"), "tiny.toml:27:9: depends on {layer}, which has no value here");
  EXPECT_EQ(error("same as model.embed", "same as model.embd").substr(0, 13), "tiny.toml:24:");
}

TEST(FamilyFile, RefusesCirclesTwinsAndRemovalsOfNothing) {
  const std::string config = "{}";
  Scratch s;
  s.write("a", "family = [\"a\"]\nextends = \"b\"\n").write("b", "family = []\nextends = \"a\"\n");
  EXPECT_EQ(run(s, "a", config), "b.toml:2:11: families extend one another in a circle: a > b > a");
  s.write("c", "family = []\n[derived]\nx = \"y + 1\"\ny = \"x\"\n");
  EXPECT_EQ(run(s, "c", config), "c.toml:3:5: circular definition: x > y > x");
  s.write("d", "family = []\n[derived]\nx = \"x + 1\"\n");
  EXPECT_EQ(run(s, "d", config), "d.toml:3:5: circular definition: x is defined by itself and is no config name");
  s.write("k", "family = []\n[derived]\nx = \"1\"\n").write("l", "family = []\nextends = \"k\"\n[config]\nx = \"key\"\n");
  EXPECT_EQ(run(s, "l", config), "l.toml:4:1: 'x' is derived in k.toml without this key: call it something else, or derive it here as well");
  s.write("e", "family = []\n[module]\nx = false\n");
  EXPECT_EQ(run(s, "e", config), "e.toml:3:1: nothing is inherited at x, so false removes nothing");
  s.write("f", "family = []\n[index]\nl = \"2\"\n[module]\n\"h.{l}.x\" = \"attn.q: [1]\"\n\"h.1.x\" = \"attn.k: [1]\"\n");
  EXPECT_EQ(run(s, "f", config).substr(0, 47), "f.toml:6:1: h.1.x and h.{l}.x (f.toml:5) name t");
  s.write("g", "family = []\nextends = \"nobody\"\n");
  EXPECT_EQ(run(s, "g", config), "g.toml:2:11: there is no family 'nobody'");
  s.write("h", "family = []\n[include.x]\nfamily = \"h\"\nconfig = \"c\"\n");
  EXPECT_NE(run(s, "h", config).find("circle"), std::string::npos);
}

// Kimi Linear: self_attn.q_proj is one thing in a layer of latent attention and another in one of delta attention.
TEST(FamilyLanguage, OnePathMayMeanTwoThingsEachUnderALabelAndACondition) {
  Scratch s;
  s.write("two", R"toml(
family = ["two"]
[config]
layers = "n"
[index]
layer = "layers"
[module."l.{layer}.mix#even"]
when = "layer % 2 == 0"
q = "attn.q: linear(3 -> 4)"
[module."l.{layer}.mix#odd"]
when = "layer % 2 == 1"
q = "delta.q: linear(3 -> 5)"
)toml");
  FamilyLibrary library({families_folder(), s.folder()});
  const auto config = parse_json(R"({"n": 3})");
  const FamilyModel model = FamilyModel::apply(library.load("two"), config->root());
  std::string got;
  model.tensors([&](const families::FamilyTensor& t) { got += std::string(t.name) + " " + t.origin->label + " " + std::to_string(t.shape[0]) + "\n"; });
  EXPECT_EQ(got, "l.0.mix.q.weight attn.q 4\nl.2.mix.q.weight attn.q 4\nl.1.mix.q.weight delta.q 5\n");
  EXPECT_EQ(model.match("l.1.mix.q.weight").tensor->label, "delta.q");
  EXPECT_EQ(model.match("l.2.mix.q.weight").tensor->label, "attn.q");
  EXPECT_EQ(model.explain(model.match("l.7.mix.q.weight")), "layer 7 is not below 3 (layers)");
}

TEST(FamilyLanguage, OnePathTwiceWithoutConditionsIsAMistake) {
  Scratch s;
  s.write("twice", "family = []\n[module.\"a#x\"]\nq = \"attn.q: linear(3 -> 4)\"\n[module.\"a#y\"]\nwhen = \"true\"\nq = \"attn.k: linear(3 -> 4)\"\n");
  FamilyLibrary library({families_folder(), s.folder()});
  try {
    (void)library.load("twice");
    FAIL() << "no error";
  } catch (const Error& e) {
    EXPECT_NE(std::string(e.what()).find("name the same tensor"), std::string::npos) << e.what();
  }
}

// DeepSeek-OCR calls itself DeepSeek-VL2: which parts there are is for the configuration to say; TrOCR's encoder is a bare ViT.
TEST(FamilyLanguage, APartMayHaveAConditionAndAHeadOfItsOwn) {
  Scratch s;
  s.write("whole", R"toml(
family = ["whole"]
[config]
kind = "kind"
[heads]
default = "lm"
[include.a]
family = "vit"
config = "sub"
at     = "encoder"
head   = "none"
when   = "kind == 'a'"
[include.b]
family = "vit"
config = "sub"
at     = "other"
when   = "kind == 'b'"
)toml");
  FamilyLibrary library({families_folder(), s.folder()});
  const auto names = [&](const char* json) {
    const auto config = parse_json(json);
    std::string out;
    FamilyModel::apply(library.load("whole"), config->root()).tensors([&](const families::FamilyTensor& t) {
      if (t.name.find("layernorm.weight") != std::string_view::npos || t.name.find("pooler") != std::string_view::npos) out += std::string(t.name) + "\n";
    });
    return out;
  };
  EXPECT_EQ(names(R"({"kind": "a", "sub": {"num_hidden_layers": 0}})"), "encoder.layernorm.weight\nencoder.pooler.dense.weight\nencoder.pooler.dense.bias\n");
  EXPECT_EQ(names(R"({"kind": "b", "sub": {"num_hidden_layers": 0}})"), "other.vit.layernorm.weight\n");
  EXPECT_EQ(names(R"({"kind": "c", "sub": {"num_hidden_layers": 0}})"), "");
}

TEST(FamilyModel, ErrorsNameTensorAndQuantity) {
  Scratch s;
  s.write("tiny", kTiny);
  EXPECT_EQ(run(s, "tiny", R"({"num_hidden_layers": 1})"), "tiny: lm_head.weight: hidden is not set");
  EXPECT_EQ(run(s, "tiny", R"({"d_model": "wide", "num_hidden_layers": 1})"), "tiny: lm_head.weight: hidden is 'wide', not a size");
  EXPECT_EQ(run(s, "tiny", R"({"d_model": -1, "num_hidden_layers": 1})"), "tiny: lm_head.weight: hidden is -1, not a size");
  EXPECT_EQ(run(s, "tiny", R"({"d_model": 4})"), "tiny: the number of {layer}, layers, is not set");
  EXPECT_EQ(run(s, "tiny", R"({"d_model": 4, "num_hidden_layers": 1000000})"), "tiny: the number of {layer}, layers, is 1000000, more than 100000");
  EXPECT_EQ(run(s, "tiny", R"({"d_model": 4, "num_hidden_layers": 1.5})"), "tiny: the number of {layer}, layers, is 1.5, not a count");
  EXPECT_EQ(run(s, "tiny", R"({"d_model": 4611686018427387904, "num_hidden_layers": 1})"),
            "tiny: model.layers.0.proj.weight: 2*hidden is more than 64 bits");
  EXPECT_EQ(run(s, "tiny", "[]"), "tiny: the config is [], not a table");
  EXPECT_EQ(run(s, "tiny", "{}", {.options = {{"mtp", true}}}), "tiny has no option 'mtp'");
}

TEST(FamilyModel, MatchesNamesByTheirNumbersAndExplainsWhatIsNotPromised) {
  FamilyLibrary library({families_folder()});
  const auto config = parse_json(R"({"vocab_size": 32, "hidden_size": 8, "num_hidden_layers": 2, "num_attention_heads": 2, "intermediate_size": 16,
                                     "tie_word_embeddings": true, "architectures": ["LlamaForCausalLM"]})");
  const FamilyModel m = FamilyModel::apply(library.find("llama"), config->root());
  const auto hit = m.match("model.layers.17.self_attn.q_proj.bias");
  ASSERT_TRUE(hit);
  EXPECT_EQ(hit.tensor->label, "attn.q.bias");
  EXPECT_EQ(hit.indices, std::vector<std::uint64_t>{17});
  EXPECT_EQ(m.explain(hit), "layer 17 is not below 2 (layers)");
  EXPECT_EQ(m.explain(m.match("model.layers.1.self_attn.q_proj.bias")), "qkv_bias is false");
  EXPECT_EQ(m.explain(m.match("lm_head.weight")), "its tensors are those of model.embed_tokens because tied");
  EXPECT_EQ(m.explain(m.match("model.norm.weight")), "");
  EXPECT_FALSE(m.match("model.layers.01.self_attn.q_proj.weight"));
  EXPECT_FALSE(m.match("model.layers.1.self_attn.q_proj.weigh"));
  EXPECT_FALSE(m.match(""));
}

TEST(FamilyModel, SaysWhereAValueIsFrom) {
  FamilyLibrary library({families_folder()});
  const auto config = parse_json(R"({"hidden_size": 64, "num_attention_heads": 4, "num_hidden_layers": 1})");
  const FamilyModel m = FamilyModel::apply(library.find("qwen3"), config->root());
  EXPECT_EQ(m.quantity("hidden")->from, "config key hidden_size");
  EXPECT_EQ(m.quantity("head_dim")->value.i64(), 128);
  EXPECT_EQ(m.quantity("head_dim")->from, "default of head_dim");
  EXPECT_EQ(m.quantity("attention", {{"layer", 0}})->value.str(), "full_attention");
  EXPECT_FALSE(m.quantity("experts_of_nobody"));
}

TEST(CheckpointCheck, TurnsTheOptionThatExplainsTheDifference) {
  FamilyLibrary library({families_folder()});
  const auto config = parse_json(R"({"vocab_size": 32, "hidden_size": 8, "num_hidden_layers": 2, "num_attention_heads": 2, "intermediate_size": 16,
      "q_lora_rank": 4, "kv_lora_rank": 4, "qk_nope_head_dim": 2, "qk_rope_head_dim": 2, "v_head_dim": 2, "first_k_dense_replace": 1,
      "n_routed_experts": 2, "n_shared_experts": 1, "moe_intermediate_size": 4, "num_nextn_predict_layers": 1})");
  const auto family = library.find("deepseek_v3");
  std::vector<std::pair<std::string, std::vector<std::uint64_t>>> all;
  FamilyModel::apply(family, config->root(), {.options = {{"mtp_stored", false}}}).tensors([&](const families::FamilyTensor& t) {
    all.emplace_back(t.name, std::vector<std::uint64_t>(t.shape.begin(), t.shape.end()));
  });
  all.emplace_back("model.layers.0.self_attn.q_proj.weight", std::vector<std::uint64_t>{8, 8});
  all.emplace_back("something.new.7", std::vector<std::uint64_t>{1});
  all.front().second[0] += 1;
  std::vector<families::StoredTensor> stored;
  for (const auto& [name, shape] : all) stored.push_back({name, shape});
  const auto check = families::check_checkpoint(family, config->root(), stored);
  EXPECT_EQ(check.turned, std::vector<std::string>{"mtp_stored = false"});
  EXPECT_EQ(check.difference.absent_count, 0u);
  EXPECT_EQ(check.difference.unexpected_count, 2u);
  EXPECT_EQ(check.difference.unexpected[0].why, "q_rank == none is false");
  EXPECT_EQ(check.difference.unexpected[1].why, "no line of the family names it");
  EXPECT_EQ(check.difference.wrong_count, 1u);
  Document document;
  Builder out(document);
  check.write(out);
  const Value report = out.finish();
  EXPECT_EQ(report["unexpected"].at(1)["pattern"].str(), "something.new.#");
  EXPECT_NE(check.text().find("instead of [vocab, hidden] = [32, 8]"), std::string::npos) << check.text();
}

TEST(ModuleTree, ReadsLikeTheModelPrinted) {
  Scratch s;
  s.write("tiny", kTiny);
  FamilyLibrary library({families_folder(), s.folder()});
  EXPECT_EQ(families::module_tree(*library.load("tiny")),
            "Tiny: one projection a layer.\n"
            "lm_head      head.lm           linear(hidden -> vocab) when head == 'lm' same as model.embed if tied\n"
            "model\n"
            "  embed      embed.tokens      embedding(vocab, hidden)\n"
            "  layers\n"
            "    {layer}\n"
            "      proj   attn.o            linear(hidden -> 2*hidden, bias = layer > 0)\n");
}

}  // namespace
}  // namespace modelsig::testing
