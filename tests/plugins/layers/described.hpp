// What the command says of one configuration, or of a folder, as JSON.
#pragma once
#include <gtest/gtest.h>
#include <unistd.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>

#include "tests/reference/process.hpp"
#include "tests/support/json_value.hpp"
#include "tests/support/paths.hpp"

namespace modelsig::testing {

struct Described {
  std::unique_ptr<Document> report;
  const Value& model() const { return report->root()["models"].members().begin()->value; }
  const Value& operator[](std::string_view section) const { return model()[section]; }
};

inline Described describe_folder(const std::filesystem::path& folder, std::vector<std::string> more = {}) {
  std::vector<std::string> arguments = {modelsig::testing::program("modelsig").string(), "--quiet", folder.string(), "--output", "json"};
  arguments.insert(arguments.end(), more.begin(), more.end());
  const Printed printed = run_process(arguments, std::filesystem::temp_directory_path(), {});
  EXPECT_EQ(printed.status, 0) << folder;
  return {parse_json(printed.out)};
}

inline Described describe_config(const std::string& config, std::vector<std::string> more = {}) {
  static int number = 0;
  const auto folder = std::filesystem::temp_directory_path() / ("modelsig_layers_" + std::to_string(::getpid()) + "_" + std::to_string(number++));
  std::filesystem::create_directories(folder);
  std::ofstream(folder / "config.json") << config;
  more.push_back("--fast");
  Described out = describe_folder(folder, more);
  std::filesystem::remove_all(folder);
  return out;
}

inline std::filesystem::path shared() { return modelsig::testing::shared_dir(); }

inline std::string sizes(const Value& ends) {
  std::string out;
  for (const Value& end : ends.items()) {
    out += "[";
    for (const Value& n : end["shape"].items()) out += (out.back() == '[' ? "" : ",") + std::to_string(n.u64());
    out += "]";
  }
  return out;
}

inline const std::string kDense = R"({"model_type": "llama", "hidden_size": 64, "intermediate_size": 96, "num_hidden_layers": 2, "vocab_size": 100,
  "num_attention_heads": 4, "num_key_value_heads": 2, "max_position_embeddings": 8192, "tie_word_embeddings": false, "torch_dtype": "bfloat16"})";
inline const std::string kExperts = R"({"model_type": "mixtral", "hidden_size": 64, "intermediate_size": 96, "num_hidden_layers": 2, "vocab_size": 100,
  "num_attention_heads": 4, "num_key_value_heads": 2, "num_local_experts": 8, "num_experts_per_tok": 2, "sliding_window": 1024,
  "max_position_embeddings": 8192, "tie_word_embeddings": false, "torch_dtype": "bfloat16"})";

}  // namespace modelsig::testing
