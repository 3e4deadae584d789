// The collected real and malformed files, where they are at hand (MODELSIG_SHARED, else ../shared beside the source).
#include <gtest/gtest.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>

#include "format_run.hpp"
#include "tests/support/rules_host.hpp"
#include "tests/support/paths.hpp"

namespace formats {
namespace {

namespace fs = std::filesystem;

fs::path shared() { return modelsig::testing::shared_dir(); }
std::string content(const fs::path& path) {
  std::ifstream in(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(in), {}};
}
template <class Wanted>
std::vector<fs::path> files(const fs::path& folder, Wanted wanted) {
  std::vector<fs::path> out;
  for (const auto& entry : fs::recursive_directory_iterator(folder))
    if (entry.is_regular_file() && wanted(entry.path())) out.push_back(entry.path());
  std::sort(out.begin(), out.end());
  return out;
}

struct SharedData : ::testing::Test {
  void SetUp() override {
    if (!fs::exists(shared())) GTEST_SKIP() << shared() << " is not there";
  }
};

TEST_F(SharedData, MalformedFilesAreAcceptedOrRefusedAsTheirNamesSay) {
  const auto cases = files(shared() / "zoo/malformed/safetensors", [](const fs::path& p) { return p.extension() == ".safetensors"; });
  EXPECT_GE(cases.size(), 20u);
  for (const fs::path& path : cases) {
    FakeHost host;
    host.add_file("model.safetensors", content(path));
    const bool accept = path.filename().string().starts_with("accept");
    EXPECT_EQ(parse(host), accept ? MS_OK : MS_DATA_LOSS) << path << host.failure;
    EXPECT_TRUE(host.problems.empty()) << path;
    EXPECT_EQ(host.failure.empty(), accept) << path;
  }
}

TEST_F(SharedData, EveryRealFileParsesAndNoneOfItsWeightsIsAskedForBeyondTheFirstGuess) {
  const auto real = files(shared(), [](const fs::path& p) {
    return (p.extension() == ".safetensors" || p.extension() == ".safetensors-header") && p.string().find("malformed") == std::string::npos;
  });
  EXPECT_GE(real.size(), 90u);
  std::size_t tensors = 0;
  for (const fs::path& path : real) {
    FakeHost host;
    const std::string bytes = content(path);
    host.add_file("x" + path.extension().string(), bytes);
    EXPECT_EQ(parse(host), MS_OK) << path << host.failure;
    for (const auto& problem : host.problems) EXPECT_NE(problem.level, MS_ERROR) << path << " " << problem.text;
    std::uint64_t header = 8;
    for (int i = 7; i >= 0; --i) header += static_cast<std::uint64_t>(static_cast<unsigned char>(bytes[static_cast<std::size_t>(i)])) << (8 * i);
    for (const auto& read : host.reads) EXPECT_LE(read.offset + read.size, std::max<std::uint64_t>(header, 96 * 1024)) << path;
    tensors += host.tensors.size();
  }
  RecordProperty("files", static_cast<int>(real.size()));
  RecordProperty("tensors", static_cast<int>(tensors));
}

TEST_F(SharedData, EveryConfigIsRead) {
  const auto configs = files(shared() / "zoo", [](const fs::path& p) { return p.filename() == "config.json"; });
  EXPECT_GE(configs.size(), 150u);
  for (const fs::path& path : configs) {
    modelsig::testing::RulesHost host;
    host.add_file("config.json", content(path));
    EXPECT_EQ(parse(host, "format.config"), MS_OK) << path << host.failure;
    EXPECT_EQ(host.parts.count("config"), 1u) << path;
    for (const auto& problem : host.problems) EXPECT_EQ(problem.level, MS_WARN) << path << " " << problem.text;
  }
}

TEST_F(SharedData, EveryIndexIsReadAndItsAbsentShardsAreNamed) {
  const auto indexes = files(shared() / "zoo", [](const fs::path& p) { return p.filename() == "model.safetensors.index.json"; });
  EXPECT_GE(indexes.size(), 9u);
  for (const fs::path& path : indexes) {
    FakeHost host;
    host.add_file("model.safetensors.index.json", content(path));
    EXPECT_EQ(parse(host), MS_DATA_LOSS) << path;
    EXPECT_EQ(host.failure, "model.safetensors.index.json: none of the files that it names is there") << path;
    for (const auto& problem : host.problems) EXPECT_THAT(problem.text, ::testing::HasSubstr("but is not there: download it")) << path;
  }
}

TEST_F(SharedData, TheMalformedJsonHasItsPlace) {
  modelsig::testing::RulesHost host;
  host.add_file("config.json", content(shared() / "zoo/malformed/truncated-or-bad-json__Nvidia-Model.json"));
  ASSERT_EQ(parse(host, "format.config"), MS_OK) << host.failure;
  ASSERT_EQ(host.problems.size(), 1u);
  EXPECT_THAT(host.problems[0].text, ::testing::StartsWith("line "));
}

}  // namespace
}  // namespace formats
