// Damaged configs and damaged files: an answer or one clear error, in bounded time. The seeds are fixed, so a failure repeats.
#include <gtest/gtest.h>

#include <chrono>
#include <random>
#include <set>

#include "core/families/checkpoint_check.hpp"
#include "core/families/family_library.hpp"
#include "core/families/family_model.hpp"
#include "core/families/module_tree.hpp"
#include "core/value/error.hpp"
#include "tests/core/families/scratch.hpp"
#include "tests/support/json_value.hpp"

namespace modelsig::testing {
namespace {

using Random = std::mt19937_64;

const char* const kWrong[] = {"null", "true", "false", "0", "-1", "1", "3", "1000000", "9223372036854775807", "18446744073709551615", "1e300", "0.5",
                              "\"\"", "\"auto\"", "\"12\"", "[]", "[1, \"a\", null]", "{}", "{\"a\": 1}", "-9223372036854775808", "NaN"};

void damage(Builder& out, const Value& v, Random& random, unsigned& left) {
  if (left && random() % 12 == 0) {
    --left;
    const auto other = parse_json(std::string("[") + kWrong[random() % std::size(kWrong)] + "]");
    return out.copy(other->root().at(0));
  }
  if (v.is(Kind::object)) {
    out.begin('{');
    for (const Member& m : v.members()) {
      if (left && random() % 25 == 0) { --left; continue; }
      out.key(m.key);
      damage(out, m.value, random, left);
    }
    out.end();
  } else if (v.is(Kind::array)) {
    out.begin('[');
    for (const Value& i : v.items()) damage(out, i, random, left);
    out.end();
  } else out.copy(v);
}

// everything one may ask of a model; any Error is an answer
bool ask(const std::shared_ptr<const Family>& family, const Value& config, std::string& said) {
  try {
    const FamilyModel m = FamilyModel::apply(family, config);
    std::uint64_t n = 0;
    std::string last;
    m.tensors([&](const families::FamilyTensor& t) {
      if (++n > 20000) throw Error("enough");
      last = t.name;
    });
    EXPECT_TRUE(last.empty() || m.match(last)) << last;
    if (n < 5000) {
      for (const auto& s : m.layer_stacks()) (void)s.pattern();
      m.modules([](const families::FamilyModule&) {});
    }
    for (const std::string& name : m.quantities()) (void)m.quantity(name);
    return true;
  } catch (const Error& e) {
    said = e.what();
    return false;
  }
}

TEST(Hostile, DamagedConfigs) {
  FamilyLibrary library({families_folder()});
  Random random(7);
  std::size_t answers = 0, errors = 0;
  const auto start = std::chrono::steady_clock::now();
  for (const std::string& name : library.names()) {
    const auto family = library.load(name);
    // a config with every key the family reads, then broken
    std::string text = "{\"architectures\": [\"XForCausalLM\"]";
    std::set<std::string> keys;
    for (const auto& c : family->config())
      for (const std::string& k : c.spelled)
        if (k.find('.') == std::string::npos && k != "architectures" && keys.insert(k).second) text += ", \"" + k + "\": " + std::to_string(1 + random() % 6);
    const auto config = parse_json(text + "}");
    for (int i = 0; i < 25; ++i) {
      Document document;
      Builder out(document, Builder::Duplicates::last_wins, Builder::NonFinite::keep);
      unsigned left = 1 + static_cast<unsigned>(random() % 4);
      damage(out, config->root(), random, left);
      std::string said;
      const auto before = std::chrono::steady_clock::now();
      if (ask(family, out.finish(), said)) ++answers;
      else {
        ++errors;
        EXPECT_FALSE(said.empty());
        EXPECT_EQ(said.find('\n'), std::string::npos) << said;
      }
      EXPECT_LT(std::chrono::steady_clock::now() - before, std::chrono::seconds(20)) << name << " " << said;
    }
  }
  RecordProperty("answers", static_cast<int>(answers));
  RecordProperty("errors", static_cast<int>(errors));
  EXPECT_GT(answers, 100u);
  EXPECT_GT(errors, 100u);
  EXPECT_LT(std::chrono::steady_clock::now() - start, std::chrono::seconds(250));
}

TEST(Hostile, AMillionLayersIsAnErrorNotAWait) {
  FamilyLibrary library({families_folder()});
  for (const char* config : {R"({"num_hidden_layers": 1000000})", R"({"num_hidden_layers": 100000, "n_routed_experts": 100000, "first_k_dense_replace": 0})",
                             R"({"num_hidden_layers": 1, "first_k_dense_replace": 0, "n_routed_experts": 9223372036854775807})"}) {
    std::string said;
    const auto before = std::chrono::steady_clock::now();
    const auto document = parse_json(config);
    try {
      (void)FamilyModel::apply(library.find("deepseek_v3"), document->root()).count();
    } catch (const Error& e) {
      said = e.what();
      EXPECT_EQ(e.status(), MS_LIMIT) << said;
    }
    EXPECT_NE(said.find("more than"), std::string::npos) << said;
    EXPECT_LT(std::chrono::steady_clock::now() - before, std::chrono::seconds(30)) << said;
  }
}

TEST(Hostile, DamagedFiles) {
  const auto config = parse_json(R"({"num_hidden_layers": 2, "n_routed_experts": 2})");
  Random random(11);
  std::size_t loaded = 0, refused = 0;
  const std::string alphabet = "()[]{}|,:'\"=+-*/%<>.#\n azlin01 when over same as if else not in ?? -> hidden layer";
  for (const char* name : {"llama", "deepseek_v2", "t5", "qwen3_5_moe_text", "roberta", "kinds", "roles", "quant"}) {
    const std::string text = read_file(families_folder() / (std::string(name) + ".toml"));
    for (int i = 0; i < 150; ++i) {
      std::string broken = text;
      for (std::uint64_t k = 1 + random() % 3; k > 0; --k) {
        const std::size_t at = random() % broken.size();
        switch (random() % 4) {
          case 0: broken.erase(at, 1 + random() % 8); break;
          case 1: broken.insert(at, 1, alphabet[random() % alphabet.size()]); break;
          case 2: broken[at] = alphabet[random() % alphabet.size()]; break;
          default: broken.insert(at, broken.substr(random() % broken.size(), random() % 40));
        }
      }
      Scratch s;
      s.write(name, broken);
      FamilyLibrary library({families_folder(), s.folder()});
      try {
        const bool shared = std::string(name) == "kinds" || std::string(name) == "roles" || std::string(name) == "quant";
        const auto family = library.load(shared ? "llama" : name);
        ++loaded;
        std::string said;
        (void)ask(family, config->root(), said);
        (void)families::module_tree(*family);
      } catch (const Error& e) {
        ++refused;
        const std::string said = e.what();
        EXPECT_NE(said.find(".toml:"), std::string::npos) << said;  // names a file and a line
      }
    }
  }
  EXPECT_GT(loaded, 100u);
  EXPECT_GT(refused, 300u);
}

}  // namespace
}  // namespace modelsig::testing
