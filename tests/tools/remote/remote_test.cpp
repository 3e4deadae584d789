// modelsig org/a org/b as a user runs it, on real-size checkpoints behind the fixture hub.
#include <gmock/gmock.h>
#include <pty.h>
#include <rapidjson/document.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <cstdlib>
#include <fstream>
#include <optional>
#include <regex>

#include "tests/plugins/formats/gguf_bytes.hpp"
#include "tests/plugins/format_onnx/onnx_bytes.hpp"
#include "tests/plugins/stores/fixture_hub.hpp"
#include "tests/plugins/stores/sample_tree.hpp"
#include "tests/support/paths.hpp"

namespace modelsig::testing {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

constexpr const char* small_model = "Qwen/Qwen3-0.6B";
constexpr const char* big_model = "Qwen/Qwen3-32B";
constexpr std::uint64_t speculative = 128u << 10;

std::string read_text(const fs::path& path) {
  std::ifstream in(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(in), {}};
}

std::uint64_t header_end(const fs::path& file) {
  std::ifstream in(file, std::ios::binary);
  unsigned char length[8] = {};
  in.read(reinterpret_cast<char*>(length), 8);
  std::uint64_t out = 8;
  for (int i = 0; i < 8; ++i) out += static_cast<std::uint64_t>(length[i]) << (8 * i);
  return out;
}

class Remote : public ::testing::Test {
 protected:
  Remote() {
    for (const std::string id : {small_model, big_model}) {
      const std::string name = id.substr(id.find('/') + 1);
      shell(program("modelsig-make-sample").string() + " " + (source_dir() / "tools/samples" / (name + ".listing")).string() + " " + (served / id).string());
    }
  }

  FixtureHub& serve(std::vector<std::string> switches = {}) { return hub.emplace(served, folder / "requests.jsonl", std::move(switches)); }

  int shell(const std::string& command) {
    const int status = std::system((command + " > " + (folder / "out").string() + " 2> " + (folder / "err").string()).c_str());
    out = read_text(folder / "out");
    err = read_text(folder / "err");
    return WEXITSTATUS(status);
  }
  std::string environment() {
    return "HF_ENDPOINT=" + hub->endpoint() + " HF_HOME=" + (folder / "hf").string() + " XDG_CACHE_HOME=" + (folder / "cache").string() +
           " XDG_DATA_HOME=" + (folder / "data").string() + " ";
  }
  int modelsig(const std::string& words) { return shell(environment() + program("modelsig").string() + " " + words); }

  // what the command writes to a terminal
  std::string on_a_terminal(const std::string& command) {
    int terminal = -1;
    const pid_t child = ::forkpty(&terminal, nullptr, nullptr, nullptr);
    if (child == 0) {
      ::execl("/bin/sh", "sh", "-c", command.c_str(), nullptr);
      ::_exit(127);
    }
    std::string seen;
    char bytes[4096];
    for (ssize_t n; (n = ::read(terminal, bytes, sizeof bytes)) > 0;) seen.append(bytes, static_cast<std::size_t>(n));
    ::waitpid(child, nullptr, 0);
    ::close(terminal);
    return seen;
  }

  std::size_t shards(const std::string& id) {
    std::size_t count = 0;
    for (const auto& file : fs::directory_iterator(served / id)) count += file.path().extension() == ".safetensors";
    return count;
  }

  TempFolder folder;
  fs::path served = folder / "served";
  std::optional<FixtureHub> hub;
  std::string out, err;
};

TEST_F(Remote, TwoModelsAreCompared) {
  serve();
  ASSERT_EQ(modelsig(std::string(small_model) + " " + big_model + " --compare"), 0) << err;
  rapidjson::Document report;
  ASSERT_FALSE(report.Parse(out.c_str()).HasParseError());
  EXPECT_TRUE(report["coverage_matrix"].HasMember((std::string(small_model) + "|" + big_model).c_str()));
  for (const char* id : {small_model, big_model}) {
    const auto& from = report["models"][id]["provenance"];
    EXPECT_EQ(std::string(from["commit"].GetString()).size(), 40u);
    EXPECT_LE(from["requests"].GetUint64(), shards(id) + 4) << id;
  }
}

TEST_F(Remote, ThreeGigabytesOfOnnxAreReadInOneRequestAWeight) {
  constexpr std::uint64_t weight = 256u << 20, count = 12;  // embedded in the file, which is sparse
  using onnx_test::Proto;
  Proto nodes;
  for (std::uint64_t i = 0; i < count; ++i) nodes.message(1, onnx_test::node("MatMul", {"x" + std::to_string(i), "w" + std::to_string(i)}, {"x" + std::to_string(i + 1)}));
  std::vector<std::string> heads;
  std::uint64_t size = nodes.bytes().size();
  for (std::uint64_t i = 0; i < count; ++i) {
    Proto t;
    t.number(1, 8192).number(1, 8192).number(2, 1).text(8, "w" + std::to_string(i)).tag(9, 2).varint(weight);
    heads.push_back(Proto().tag(5, 2).varint(t.bytes().size() + weight).bytes() + t.bytes());
    size += heads.back().size() + weight;
  }
  fs::create_directories(served / "org/big-onnx/onnx");
  {
    std::ofstream file(served / "org/big-onnx/onnx/model.onnx", std::ios::binary);
    file << Proto().number(1, 8).message(8, Proto().number(2, 17)).tag(7, 2).varint(size).bytes() << nodes.bytes();
    for (const std::string& head : heads) {
      file << head;
      file.seekp(static_cast<std::streamoff>(weight), std::ios::cur);
    }
    file.seekp(-1, std::ios::cur);
    file.put(0);
  }
  serve();
  ASSERT_EQ(modelsig("org/big-onnx"), 0) << err << out;
  rapidjson::Document report;
  ASSERT_FALSE(report.Parse(out.c_str()).HasParseError());
  const auto& model = report["models"]["org/big-onnx"];
  EXPECT_STREQ(model["source"].GetString(), "onnx");
  EXPECT_LE(model["provenance"]["requests"].GetUint64(), count + 4);
  EXPECT_LT(model["provenance"]["bytes"].GetUint64(), (3ull << 30) / 100);
  EXPECT_THAT(out, HasSubstr("8192"));
}

TEST_F(Remote, NoWeightIsEverAskedFor) {
  serve();
  ASSERT_EQ(modelsig(std::string(small_model) + " " + big_model), 0) << err;
  int checked = 0;
  for (const Requested& request : hub->log_about(".safetensors")) {
    if (request.about(".index.json")) continue;
    const auto id = request.target.substr(1, request.target.find("/resolve/") - 1), name = request.target.substr(request.target.rfind('/') + 1);
    const std::uint64_t end = header_end(served / id / name), first = std::stoull(request.range.substr(6)),
                        last = std::stoull(request.range.substr(request.range.find('-') + 1));
    EXPECT_LT(first, end) << request.target;
    // Without an index the length of the only file's header is a guess; with one it is predicted shard by shard.
    const std::uint64_t bound = fs::exists(served / id / "model.safetensors.index.json") ? end + end / 4 : std::max(end + end / 4, speculative);
    EXPECT_LE(last + 1, bound) << request.target << " " << request.range << ", header ends at " << end;
    ++checked;
  }
  EXPECT_GE(checked, static_cast<int>(shards(small_model) + shards(big_model)));
}

// A tokenizer of 200,000 words in front of 4 GB of weights.
TEST_F(Remote, AGgufHeaderOfMegabytesTakesAFewGrowingReadsNoneOfThemTwice) {
  const formats::GgufBytes g;
  std::string words;
  for (int i = 0; i < 200'000; ++i) words += g.text("a word of the tokenizer " + std::to_string(i));
  const std::string header = g.file({g.word("general.architecture", "llama"), g.number("llama.block_count", 1), g.number("llama.embedding_length", 4096),
                                     g.number("llama.attention.head_count", 32), g.number("llama.feed_forward_length", 11008), g.array("tokenizer.ggml.tokens", formats::TEXT, 200'000, words)},
                                    {g.tensor("token_embd.weight", {4096, 200'000}, 0, 0), g.tensor("output_norm.weight", {4096}, 0, 3'276'800'000)});
  ASSERT_GT(header.size(), 7'000'000u);
  write_text(served / "org/gguf/model-F32.gguf", header);
  fs::resize_file(served / "org/gguf/model-F32.gguf", header.size() + 3'276'816'384);
  serve();
  ASSERT_EQ(modelsig("org/gguf"), 0) << err;
  rapidjson::Document report;
  ASSERT_FALSE(report.Parse(out.c_str()).HasParseError());
  const auto& model = report["models"]["org/gguf"];
  EXPECT_STREQ(model["source"].GetString(), "gguf");
  EXPECT_EQ(model["arch_fingerprint"]["vocab_size"].GetInt(), 200'000);
  EXPECT_LE(model["provenance"]["requests"].GetUint64(), 7u);
  EXPECT_LT(model["provenance"]["bytes"].GetUint64(), 17'000'000u);  // the last window may reach behind the header
  std::uint64_t next = 0;
  int windows = 0;
  for (const Requested& request : hub->log_about("model-F32.gguf")) {
    if (request.range.empty()) continue;
    EXPECT_GE(std::stoull(request.range.substr(6)), next) << request.range;
    next = std::stoull(request.range.substr(request.range.find('-') + 1)) + 1;
    ++windows;
  }
  EXPECT_GE(windows, 2);
  EXPECT_LE(windows, 5);
}

// Files that need a second read: a GGUF with a long tokenizer, a safetensors header longer than the first guess.
TEST_F(Remote, AFileThatChangesBetweenItsReadsIsNotBelieved) {
  const formats::GgufBytes g;
  std::string words;
  for (int i = 0; i < 100'000; ++i) words += g.text("a word of the tokenizer " + std::to_string(i));
  write_text(served / "org/gguf/model-F32.gguf", g.file({g.word("general.architecture", "llama"), g.array("tokenizer.ggml.tokens", formats::TEXT, 100'000, words)},
                                                        {g.tensor("output_norm.weight", {1}, 0, 0)}) + std::string(4, '\0'));
  std::string header = "{";
  for (int i = 0; i < 4000; ++i)
    header += (i ? ",\"layers." : "\"layers.") + std::to_string(i) + R"(.weight":{"dtype":"U8","shape":[1],"data_offsets":[)" + std::to_string(i) + "," + std::to_string(i + 1) + "]}";
  header += "}";
  ASSERT_GT(header.size(), speculative);
  write_text(served / "org/long/model.safetensors", g.u64(header.size()) + header + std::string(4000, '\0'));
  serve();
  for (const char* id : {"org/gguf", "org/long"}) {
    ASSERT_EQ(modelsig(std::string(id) + " --set hub.cache=\"'off'\""), 0) << err;
    EXPECT_GE(hub->log_about(std::string(id) + "/resolve/").size(), 2u);
  }
  serve({"--etag-change"});
  for (const char* id : {"org/gguf", "org/long"}) {
    EXPECT_EQ(modelsig(std::string(id) + " --output table"), 2);
    out = std::regex_replace(out, std::regex("\\s+"), " ");  // however wide the page is
    EXPECT_THAT(out, HasSubstr("changed while it was being read (ETag \""));
    EXPECT_THAT(out, HasSubstr("run again"));
  }
}

TEST_F(Remote, ATerminalShowsModelsFilesAndBytesAPipeNothing) {
  serve({"--latency", "150"});
  ASSERT_EQ(modelsig(small_model), 0);
  EXPECT_EQ(err, "");
  const std::string seen = on_a_terminal(environment() + program("modelsig").string() + " " + small_model + " " + big_model + " > /dev/null");
  EXPECT_THAT(seen, HasSubstr("0/2 models"));
  EXPECT_THAT(seen, ::testing::ContainsRegex("models  format.safetensors [0-9]+/[0-9]+  [0-9.]+ kB"));
}

TEST_F(Remote, OneUnreachableModelDoesNotSpoilTheOther) {
  serve();
  EXPECT_EQ(modelsig(std::string("Qwen/none ") + small_model + " --output table"), 2);
  EXPECT_THAT(out, HasSubstr("Qwen/none does not exist on http://127.0.0.1:"));
  EXPECT_THAT(out, HasSubstr("qwen3  Qwen3ForCausalLM"));
}

TEST_F(Remote, TheSecondRunCostsOneRequestAndAnOfflineRunNone) {
  serve();
  ASSERT_EQ(modelsig(big_model), 0) << err;
  const auto before = hub->log().size();
  ASSERT_EQ(modelsig(std::string(big_model) + " --output table"), 0) << err;
  EXPECT_EQ(hub->log().size(), before + 1);
  EXPECT_THAT(out, HasSubstr("1 requests"));
  ASSERT_EQ(modelsig(std::string(big_model) + " --offline"), 0) << err;
  EXPECT_EQ(hub->log().size(), before + 1);
  EXPECT_EQ(modelsig(std::string(small_model) + " --offline --output table"), 2);
  EXPECT_THAT(out, HasSubstr("is missing: this run is offline"));
}

TEST_F(Remote, TheTokenIsInNoOutput) {
  serve({"--token", "hf_Secret", "--signed"});
  ASSERT_EQ(modelsig(std::string(small_model) + " --token hf_Secret --verbose"), 0) << err;
  EXPECT_THAT(out + err + all_bytes(folder / "cache"), Not(HasSubstr("Secret")));
  EXPECT_EQ(modelsig(std::string(big_model)), 2);
}

TEST_F(Remote, ValidationPassesAndFails) {
  if (std::system("python3 -c 1 2>/dev/null") != 0) GTEST_SKIP() << "python3 is not installed";
  serve();
  const std::string validate = environment() + (source_dir() / "tools/validate").string() + " " + (folder / "list.tsv").string() + " --bin " + program("modelsig").string() + " --out " +
                               (folder / "result").string();
  write_text(folder / "list.tsv", "# two models\nQwen/Qwen3-0.6B\tsafetensors\tqwen3\t28\t16\t8\tno\nQwen/Qwen3-32B\t-\tqwen3\t64\t64\t8\t-\n");
  EXPECT_EQ(shell(validate), 0) << out << err;
  EXPECT_THAT(read_text(folder / "result/validation.md"), HasSubstr("2 of 2 models"));
  write_text(served / "org/empty/config.json", R"({"model_type": "llama", "hidden_size": 64, "num_hidden_layers": 2, "num_attention_heads": 4})");
  write_text(folder / "list.tsv", "Qwen/Qwen3-0.6B\tsafetensors\tqwen3\t29\t16\t8\tno\norg/empty\t-\t-\t-\t-\t-\t-\norg/none\t-\t-\t-\t-\t-\t-\n");
  EXPECT_EQ(shell(validate), 1);
  EXPECT_THAT(out, HasSubstr("layers is 28, expected 29"));
  EXPECT_THAT(out, HasSubstr("no tensors"));
  EXPECT_THAT(out, HasSubstr("org/none does not exist"));
  EXPECT_EQ(shell(validate + " --bin /no/such"), 1);
  EXPECT_EQ(err, "/no/such: no such program; build it (tools/quickstart.sh) or give --bin\n");
}

}  // namespace
}  // namespace modelsig::testing
