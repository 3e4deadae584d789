#include "core/model/model.hpp"

#include <gtest/gtest.h>

#include "core/families/family_library.hpp"
#include "core/host/session.hpp"
#include "core/model/family_link.hpp"
#include "core/rules/rule_set.hpp"
#include "tests/support/paths.hpp"

namespace modelsig {
namespace {

ms_tensor row(std::string_view name, const std::vector<uint64_t>& shape) {
  return {sizeof(ms_tensor), static_cast<uint32_t>(shape.size()), {name.data(), name.size()}, {"BF16", 4}, shape.data(), 0, 0, nullptr, {}, 0, 0, 0, 0, nullptr, nullptr, {}, {}};
}

TEST(Model, TensorsThatDifferInIndicesFormOneGroupLabelledOnce) {
  // a.0.w, b, a.1.w
  const auto rules = RuleSet::parse("[names]\nindex='components'\nplaceholder='N'\n[table.kind]\nsubject='tensor'\n[[kind]]\nid='a'\nprefix='a.'\nlabel='A'\n", "r.toml");
  Model model;
  for (std::string_view name : {"a.0.w", "b", "a.1.w"}) {
    const std::vector<uint64_t> shape = {2, 3};
    const auto r = row(name, shape);
    EXPECT_EQ(model.add(&r), MS_OK);
  }
  model.freeze(*rules);
  ASSERT_EQ(model.groups(), 2u);
  EXPECT_EQ((*model.group(0))["name"].str(), "a.N.w");
  EXPECT_EQ((*model.group(0))["count"].i64(), 2);
  EXPECT_EQ((*model.group(0))["labels"]["kind"]["value"].str(), "A");
  EXPECT_EQ((*model.group(0))["labels"]["kind"]["at"].str(), "r.toml:6");
  ms_tensor out{};
  out.struct_size = sizeof out;
  EXPECT_EQ(model.get(2, &out), MS_OK);
  EXPECT_EQ(out.group, 0u);
  EXPECT_EQ(out.shape[1], 3u);
}

TEST(Model, FrozenModelTakesNothingMore) {
  Model model;
  model.freeze(*RuleSet::parse("", "r.toml"));
  const std::vector<uint64_t> shape = {1};
  const auto r = row("late", shape);
  EXPECT_EQ(model.add(&r), MS_INVALID_ARGUMENT);
  EXPECT_EQ(model.add_part("config"), nullptr);
}

TEST(Model, PartLeftOpenNamesTheFormatAndThePart) {
  Model model;
  model.add_part("config")->run([](Builder& b) { b.begin('{'); });
  try {
    model.close_parts("format.config");
    FAIL();
  } catch (const Error& error) {
    EXPECT_STREQ(error.what(), "format.config (part 'config') emitted no valid document: 1 containers were left open");
  }
}

TEST(Model, RowsOfAnOlderOrBrokenPluginAreRefused) {
  Model model;
  const std::vector<uint64_t> shape = {1};
  auto r = row("x", shape);
  r.struct_size = MS_TENSOR_SIZE_1_0 - 8;
  EXPECT_EQ(model.add(&r), MS_INVALID_ARGUMENT);
  r = row("x", shape);
  r.rank = 1000;
  EXPECT_EQ(model.add(&r), MS_INVALID_ARGUMENT);
  r = row("x", shape);
  r.shape = nullptr;
  EXPECT_EQ(model.add(&r), MS_INVALID_ARGUMENT);
}

// What a container knows of a tensor beside its name, as format.onnx says it.
struct Stored {
  std::string name;
  std::vector<uint64_t> shape;
  std::vector<std::string> aliases = {};
  std::vector<uint64_t> stored = {};
  uint32_t flags = 0;
};
void add(Model& model, const Stored& t) {
  ms_tensor r = row(t.name, t.shape);
  std::vector<ms_str> aliases;
  for (const std::string& a : t.aliases) aliases.push_back({a.data(), a.size()});
  r.aliases = aliases.data();
  r.alias_count = static_cast<uint32_t>(aliases.size());
  r.flags = t.flags;
  if (!t.stored.empty()) r.stored_shape = t.stored.data(), r.stored_rank = static_cast<uint32_t>(t.stored.size());
  EXPECT_EQ(model.add(&r), MS_OK);
}
std::shared_ptr<const FamilyLink> family(const RuleSet& rules, Document& document, std::initializer_list<std::pair<const char*, int64_t>> sizes, const char* type) {
  static const FamilyLibrary library({modelsig::testing::source_dir() / "configs/rules/families"});
  Builder b(document);
  b.begin('{');
  b.member("model_type", std::string_view(type));
  for (const auto& [key, value] : sizes) b.member(key, Value(value));
  b.end();
  return FamilyLink::find(library, rules, b.finish());
}
const char* const kRules = "[names]\nindex='components'\nplaceholder='N'\n[[family_key]]\nid='t'\nname='model_type'\n";

TEST(ModelAliases, TheFirstThatTheConfigPromisesCountsAndAFusedRoleIsItsParts) {
  const auto rules = RuleSet::parse(kRules, "r.toml");
  Document document;
  Model model;
  model.set_family(family(*rules, document, {{"hidden_size", 8}, {"num_hidden_layers", 2}, {"num_attention_heads", 2}, {"num_key_value_heads", 1}, {"intermediate_size", 12}, {"vocab_size", 20}}, "llama"));
  ASSERT_NE(model.family(), nullptr);
  add(model, {"t0", {20, 8}, {"@embed.tokens"}});
  for (const char* layer : {"0", "1"}) {
    add(model, {"model.layers." + std::string(layer) + ".attn.qkv_proj.MatMul.weight", {16, 8}, {"@attn.qkv " + std::string(layer)}});
    add(model, {"onnx::MatMul_9" + std::string(layer), {8, 8}, {"m.model.layers." + std::string(layer) + ".self_attn.o_proj.weight", "model.layers." + std::string(layer) + ".self_attn.o_proj.weight"}});
  }
  add(model, {"scales", {64}, {}, {}, MS_TENSOR_COMPANION});
  model.freeze(*rules);
  EXPECT_EQ(model.known_as(0), "model.embed_tokens.weight");
  EXPECT_EQ(model.known_as(1), "@attn.qkv 0");
  EXPECT_EQ(model.known_as(2), "model.layers.0.self_attn.o_proj.weight");
  ASSERT_EQ(model.groups(), 4u) << "the fused tensors of both layers are one group";
  EXPECT_EQ((*model.group(1))["name"].str(), "@attn.qkv N");
  EXPECT_EQ((*model.group(1))["count"].i64(), 2);
  EXPECT_EQ((*model.group(1))["labels"]["role"]["value"].str(), "attn.qkv");
  const Value& check = *model.part("family");
  EXPECT_EQ(check["matched"].i64(), 9) << "embedding, and q, k, v, o of two layers";
  EXPECT_EQ(check["unexpected_count"].i64(), 0) << "neither the fused tensor nor the scales";
}

TEST(Model, PartsMadeBesideTheLabelsAreThoseMadeWhenAsked) {
  const auto rules = RuleSet::parse(kRules, "r.toml");
  const auto report = [&](Session* session, const std::set<std::string_view>& ahead) {
    Document document;
    Model model;
    model.set_family(family(*rules, document, {{"hidden_size", 8}, {"num_hidden_layers", 1}, {"num_attention_heads", 2}, {"num_key_value_heads", 1}, {"intermediate_size", 12}, {"vocab_size", 20}}, "llama"));
    for (int expert = 0; expert < 5000; ++expert) add(model, {"model.stray." + std::to_string(expert) + ".weight", {24, 8}});
    add(model, {"model.embed_tokens.weight", {20, 8}});
    model.freeze(*rules, session, ahead);
    std::string out = std::to_string(model.groups()) + " groups, " + std::string((*model.group(0))["name"].str()) + " x " + std::to_string((*model.group(0))["count"].i64());
    return out + ", " + std::to_string((*model.part("family"))["unexpected_count"].i64()) + " unexpected, " + std::to_string(model.part("structure")->size()) + " members";
  };
  Session session(2);
  const std::string asked = report(nullptr, {});
  EXPECT_TRUE(asked.starts_with("2 groups, model.stray.N.weight x 5000, 5000 unexpected, ")) << asked;
  EXPECT_EQ(report(&session, {"family", "structure", "a part that nobody has"}), asked);
  EXPECT_EQ(report(&session, {}), asked);
}

TEST(Model, ABetterLabelThanTheNamesIsTheFamilysKindOrABiasBesideIt) {
  const auto rules = RuleSet::parse(std::string("[names]\nindex='components'\nplaceholder='N'\n[[family_key]]\nid='t'\nname='model_type'\n[table.layer_type]\nsubject='tensor'\n"
    "[[layer_type]]\nid='norm'\npattern='norm'\nlabel='RMSNorm'\n[[layer_type_of_kind]]\nid='plain'\nexact=['layer_norm']\nvalue='LayerNorm'\n"
    "[[layer_type_with_bias]]\nid='biased'\nexact=['RMSNorm']\nvalue='LayerNorm'\n[[layer_type_of_kind]]\nid='forgotten'\nexact=['rms_norm']\n"), "r.toml");
  const auto types = [&](std::shared_ptr<const FamilyLink> of, const std::vector<Stored>& tensors) {
    Model model;
    if (of) model.set_family(std::move(of));
    for (const Stored& tensor : tensors) add(model, tensor);
    model.freeze(*rules);
    std::string out;
    for (std::size_t i = 0; i < model.groups(); ++i) {
      const Value& label = (*model.group(i))["labels"]["layer_type"];
      out += std::string(label["value"].str()) + (label.find("instead_of") ? " by " + std::string(label["rule"].str()) : "") + "; ";
    }
    return out;
  };
  Document document;
  const auto llama = family(*rules, document, {{"hidden_size", 8}, {"num_hidden_layers", 1}, {"num_attention_heads", 2}, {"num_key_value_heads", 1}, {"intermediate_size", 12}, {"vocab_size", 20}}, "llama");
  EXPECT_EQ(types(nullptr, {{"a.norm.weight", {8}}, {"b.norm.weight", {8}}, {"b.norm.bias", {8}}}), "RMSNorm; LayerNorm by biased; LayerNorm by biased; ");
  EXPECT_EQ(types(llama, {{"model.norm.weight", {8}}, {"model.norm.bias", {8}}}), "RMSNorm; LayerNorm by biased; ") << "its family says rms_norm, of which a rule says no value, and nothing of a bias";
}

TEST(ModelAliases, AFusedTensorOfAnotherHeightIsNotItsParts) {
  const auto rules = RuleSet::parse(kRules, "r.toml");
  Document document;
  Model model;
  model.set_family(family(*rules, document, {{"hidden_size", 8}, {"num_hidden_layers", 1}, {"num_attention_heads", 2}, {"num_key_value_heads", 1}, {"intermediate_size", 12}, {"vocab_size", 20}}, "llama"));
  add(model, {"t", {24, 8}, {"@attn.qkv 0"}});
  model.freeze(*rules);
  EXPECT_EQ((*model.part("family"))["unexpected_count"].i64(), 1);
}

TEST(ModelAliases, AFamilyThatStoresInputFirstKeepsItsShapesAlsoWhereTheyAreSquare) {
  const auto rules = RuleSet::parse(kRules, "r.toml");
  Document document;
  Model model;
  model.set_family(family(*rules, document, {{"n_embd", 8}, {"n_layer", 1}, {"n_head", 2}, {"vocab_size", 20}, {"n_positions", 16}}, "gpt2"));
  ASSERT_NE(model.family(), nullptr);
  add(model, {"transformer.h.0.attn.c_attn.weight", {24, 8}, {"x"}, {8, 24}, MS_TENSOR_TRANSPOSED});
  add(model, {"transformer.h.0.attn.c_proj.weight", {8, 8}, {"x"}, {8, 8}, MS_TENSOR_TRANSPOSED});
  add(model, {"lm_head.weight", {20, 8}, {"x"}, {8, 20}, MS_TENSOR_TRANSPOSED});
  model.freeze(*rules);
  EXPECT_EQ(model.shape(0)[0], 8u);
  EXPECT_EQ(model.flags(0), 0u);
  EXPECT_EQ(model.flags(1), 0u);
  EXPECT_EQ(model.shape(2)[0], 20u) << "a linear layer of the usual kind stays turned";
  EXPECT_EQ(model.flags(2), static_cast<uint32_t>(MS_TENSOR_TRANSPOSED));
}

}  // namespace
}  // namespace modelsig
