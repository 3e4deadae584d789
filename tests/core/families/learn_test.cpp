// Family files learned from checkpoints: what is found out, and how much of the real ones comes out again from config alone.
#include <gtest/gtest.h>

#include <chrono>
#include <cstdio>

#include "core/families/learn/learn.hpp"
#include "core/rules/rule_set.hpp"
#include "core/value/builder.hpp"
#include "tests/core/families/scratch.hpp"
#include "tests/support/json_value.hpp"
#include "tests/support/paths.hpp"

namespace modelsig::testing {
namespace {

namespace fs = std::filesystem;
using families::learn::Learned;
using families::learn::Request;
using families::learn::Sample;

std::string role_by_rule(std::string_view tensor) {
  static const auto rules = RuleSet::load(std::vector{fs::path(source_dir() / "configs/rules/roles_by_name.toml"), fs::path(source_dir() / "configs/rules/names.toml")});
  Document document;
  Builder labels(document);
  rules->label(rules->abstract(tensor), labels);
  return std::string(labels.finish()["role"]["value"].str());
}

// A config with the tensors that a shipped family makes of it.
struct Checkpoint {
  std::unique_ptr<Document> config;
  Sample sample;
  Checkpoint(const FamilyLibrary& library, const char* family, const char* text) : config(parse_json(text)) {
    sample.name = family;
    sample.config = &config->root();
    FamilyModel::apply(library.load(family), config->root()).tensors([&](const families::FamilyTensor& t) {
      sample.tensors.push_back({std::string(t.name), t.dtype.empty() ? "BF16" : std::string(t.dtype), {t.shape.begin(), t.shape.end()}});
    });
  }
};

Learned learned_from(const FamilyLibrary& library, std::vector<Sample> samples) { return families::learn::learn(library, {"mine", {"mine"}, std::move(samples), role_by_rule}); }

// The shipped families without the one that makes the samples, and without those that stand on it.
class Without : public Scratch {
 public:
  explicit Without(const std::string& family) {
    for (const auto& e : fs::directory_iterator(families_folder()))
      if (e.path().extension() == ".toml" && e.path().stem() != family && e.path().stem() != "families") fs::create_symlink(e.path(), folder() / e.path().filename());
  }
};

TEST(Learn, TwoSizesOfAMixtureSayWhatOneLeavesOpen) {
  const FamilyLibrary all({families_folder()});
  // hidden is heads * head_dim in the first, so only the second tells them apart; biases and ties differ
  const Checkpoint a(all, "qwen3_moe", R"({"model_type": "mine", "architectures": ["MineForCausalLM"], "num_hidden_layers": 4, "hidden_size": 64,
      "num_attention_heads": 4, "num_key_value_heads": 4, "head_dim": 16, "intermediate_size": 96, "vocab_size": 300, "num_experts": 8,
      "num_experts_per_tok": 2, "moe_intermediate_size": 24, "decoder_sparse_step": 2, "mlp_only_layers": [], "attention_bias": true, "tie_word_embeddings": true})");
  const Checkpoint b(all, "qwen3_moe", R"({"model_type": "mine", "architectures": ["MineForCausalLM"], "num_hidden_layers": 6, "hidden_size": 80,
      "num_attention_heads": 6, "num_key_value_heads": 3, "head_dim": 20, "intermediate_size": 112, "vocab_size": 310, "num_experts": 4,
      "num_experts_per_tok": 1, "moe_intermediate_size": 28, "decoder_sparse_step": 3, "mlp_only_layers": [], "attention_bias": false, "tie_word_embeddings": false})");
  const Without rest("qwen3_moe");
  const FamilyLibrary library({rest.folder()});
  const Learned mine = learned_from(library, {a.sample, b.sample});
  EXPECT_TRUE(mine.exact()) << mine.text;
  for (const char* line : {"linear(hidden -> heads*head_dim, bias = attention_bias)", "linear(hidden -> vocab)  when head == 'lm'  same as model.embed_tokens if tied",
                           "[module.\"model.layers.{layer}.mlp.experts.{expert}\"]", "(layer + 1) % moe_step == 0"})
    EXPECT_NE(mine.text.find(line), std::string::npos) << line << "\n" << mine.text;

  // what was learned holds for a third size that nobody showed it
  const Checkpoint c(all, "qwen3_moe", R"({"model_type": "mine", "architectures": ["MineForCausalLM"], "num_hidden_layers": 8, "hidden_size": 96,
      "num_attention_heads": 5, "num_key_value_heads": 5, "head_dim": 12, "intermediate_size": 128, "vocab_size": 320, "num_experts": 6,
      "num_experts_per_tok": 2, "moe_intermediate_size": 36, "decoder_sparse_step": 4, "mlp_only_layers": [], "attention_bias": true, "tie_word_embeddings": true})");
  std::vector<families::StoredTensor> stored;
  for (const auto& t : c.sample.tensors) stored.push_back({t.name, t.shape});
  const auto difference = families::compare(FamilyModel::apply(library.compile(mine.text, "mine"), c.config->root()), stored);
  EXPECT_TRUE(difference.exact()) << difference.absent_count << " " << difference.unexpected_count << " " << difference.wrong_count << "\n" << mine.text;
}

TEST(Learn, OneCheckpointLeavesDoubtsAndSaysThem) {
  const FamilyLibrary all({families_folder()});
  const Checkpoint a(all, "llama", R"({"model_type": "mine", "architectures": ["MineForCausalLM"], "num_hidden_layers": 2, "hidden_size": 64, "num_attention_heads": 4,
      "num_key_value_heads": 4, "head_dim": 16, "intermediate_size": 64, "vocab_size": 300, "tie_word_embeddings": false})");
  const Without rest("llama");
  const Learned mine = learned_from(FamilyLibrary({rest.folder()}), {a.sample});
  EXPECT_TRUE(mine.exact()) << mine.text;
  EXPECT_NE(mine.text.find("# guessed: "), std::string::npos) << mine.text;
  EXPECT_NE(mine.text.find("64 is also "), std::string::npos) << mine.text;
  EXPECT_GT(mine.doubtful, 0u);
}

TEST(Learn, NamesNoRuleKnowsAreLearnedAndMarked) {
  const auto config = parse_json(R"({"model_type": "mine", "num_hidden_layers": 2, "hidden_size": 48, "zeta_width": 20})");
  Sample s{"mine", &config->root(), {}};
  for (const char* layer : {"0", "1"}) s.tensors.push_back({"net.layers." + std::string(layer) + ".zeta_mixer.weight", "BF16", {20, 48}});
  s.tensors.push_back({"net.zeta_table", "BF16", {7, 20}});
  const Learned mine = learned_from(FamilyLibrary({families_folder()}), {s});
  EXPECT_TRUE(mine.exact()) << mine.text;
  EXPECT_NE(mine.text.find("hidden -> zeta_width"), std::string::npos) << mine.text;
  EXPECT_NE(mine.text.find("no rule knows this name"), std::string::npos) << mine.text;
  EXPECT_NE(mine.text.find("no config value explains 7"), std::string::npos) << mine.text;
}

TEST(Learn, AQuantisedCheckpointIsRefused) {
  const auto config = parse_json(R"({"model_type": "mine", "quantization_config": {"quant_method": "fp8", "weight_block_size": [128, 128]}})");
  const Sample s{"mine", &config->root(), {{"a.weight", "F8_E4M3", {256, 256}}}};
  try {
    learned_from(FamilyLibrary({families_folder()}), {s});
    FAIL();
  } catch (const Error& e) {
    EXPECT_NE(std::string(e.what()).find("learn from a checkpoint that is not"), std::string::npos) << e.what();
  }
}

// Every real family is learned from its one small checkpoint, with its own file taken away. Then the file is tried on all other
// checkpoints of that model type.
TEST(Learn, MostRealFamiliesComeOutAgain) {
  const fs::path shared = shared_folder();
  if (!fs::exists(shared / "oracle/families")) GTEST_SKIP() << "no ground truth at " << shared;
  const char* only = std::getenv("MODELSIG_ONLY");
  const FamilyLibrary all({families_folder()});
  std::vector<Place> others;
  std::vector<std::string> other_types;
  for (const Place& p : places(shared))
    if (p.kind != "oracle") {
      others.push_back(p);
      other_types.emplace_back(read_config(p.path)->root()["model_type"].str());
    }
  std::size_t files = 0, exact = 0, elsewhere = 0, elsewhere_exact = 0, lines = 0, doubtful = 0, numbers = 0;
  for (const Place& place : places(shared)) {
    if (place.kind != "oracle" || (only && place.path.filename() != only)) continue;
    const auto config = read_config(place.path);
    const std::string type(config->root()["model_type"].str());
    const auto own = all.find(type);
    const Without rest(own ? own->name() : "");
    const FamilyLibrary library({rest.folder()});
    Sample sample{place.name(), &config->root(), {}};
    for (auto& [name, t] : read_tensors(place)) sample.tensors.push_back({name, t.dtype, t.shape});
    ++files;
    try {
      const Learned mine = families::learn::learn(library, {"learned_" + type, {type}, {sample}, role_by_rule});
      lines += mine.lines, doubtful += mine.doubtful;
      for (std::size_t at = 0; (at = mine.text.find("no config value explains", at)) != std::string::npos; ++at) ++numbers;
      if (mine.exact()) ++exact;
      else std::printf("  %s: %s", place.name().c_str(), mine.wrong[0].c_str());
      if (only) std::printf("%s\n", mine.text.c_str());
      const auto family = library.compile(mine.text, "learned_" + type);
      for (std::size_t i = 0; i < others.size(); ++i) {
        if (other_types[i] != type) continue;
        const auto other = read_config(others[i].path);
        const Tensors want = read_tensors(others[i]);
        std::vector<families::StoredTensor> stored;
        for (const auto& [name, t] : want) stored.push_back({name, t.shape});
        ++elsewhere;
        try {
          const auto difference = families::compare(FamilyModel::apply(family, other->root()), stored);
          if (difference.exact()) ++elsewhere_exact;
          else if (std::getenv("MODELSIG_LEARN_OTHERS"))
            std::printf("    %s on %s: %zu absent, %zu unexpected, %zu wrong%s\n", type.c_str(), others[i].name().c_str(), static_cast<std::size_t>(difference.absent_count),
                        static_cast<std::size_t>(difference.unexpected_count), static_cast<std::size_t>(difference.wrong_count),
                        difference.wrong.empty() ? "" : (" " + difference.wrong[0].name + " " + difference.wrong[0].symbolic).c_str());
        } catch (const Error& e) {
          if (std::getenv("MODELSIG_LEARN_OTHERS")) std::printf("    %s on %s: %s\n", type.c_str(), others[i].name().c_str(), e.what());
        }
      }
    } catch (const Error& e) {
      std::printf("  %s: %s\n", place.name().c_str(), e.what());
    }
  }
  std::printf("learned: %zu of %zu oracle families exact from config alone; %zu of %zu lines guessed in part, %zu sizes unexplained; on other checkpoints of the same type %zu of %zu exact\n",
              exact, files, doubtful, lines, numbers, elsewhere_exact, elsewhere);
  if (only) return;
  EXPECT_GE(exact * 10, files * 9);
  EXPECT_LE(numbers, files / 10);  // a number for a size reproduces itself and explains nothing
  EXPECT_GE(elsewhere_exact * 2, elsewhere);
}

}  // namespace
}  // namespace modelsig::testing
