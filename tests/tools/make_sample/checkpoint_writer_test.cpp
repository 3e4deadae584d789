// What is written is a checkpoint by the letter of the format; read back here with a JSON library, not with our reader.
#include "tools/checkpoint_writer/checkpoint_writer.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <rapidjson/document.h>
#include <sys/stat.h>
#include <unistd.h>

#include <fstream>
#include <iterator>
#include <map>

#include "tools/make_sample/listing.hpp"
#include "tests/support/paths.hpp"

namespace {

namespace fs = std::filesystem;
using modelsig::checkpoint::Tensor;
using ::testing::ElementsAre;

std::string content(const fs::path& path, std::uint64_t begin, std::uint64_t size) {
  std::string out(size, '\0');
  std::ifstream in(path, std::ios::binary);
  in.seekg(static_cast<std::streamoff>(begin)).read(out.data(), static_cast<std::streamsize>(size));
  return out;
}

struct CheckpointWriter : ::testing::Test {
  CheckpointWriter() : folder(fs::path(::testing::TempDir()) / ("modelsig_writer_" + std::to_string(::getpid()))) { fs::remove_all(folder); }
  ~CheckpointWriter() override { fs::remove_all(folder); }

  // Checks one file from its bytes; name -> "dtype [shape]".
  std::map<std::string, std::string> check(const fs::path& path) {
    const std::string length = content(path, 0, 8);
    std::uint64_t n = 0;
    for (std::size_t i = 8; i-- > 0;) n = n << 8 | static_cast<unsigned char>(length[i]);
    EXPECT_EQ(n % 8, 0u);
    rapidjson::Document header;
    header.Parse(content(path, 8, n).c_str());
    EXPECT_TRUE(header.IsObject());
    std::map<std::string, std::string> out;
    std::uint64_t end = 0;
    for (rapidjson::SizeType m = 0; m < header.MemberCount(); ++m) {
      const auto& member = header.MemberBegin()[static_cast<std::ptrdiff_t>(m)];
      if (std::string_view(member.name.GetString()) == "__metadata__") continue;
      const auto& tensor = member.value;
      EXPECT_EQ(tensor["data_offsets"][0].GetUint64(), end) << "no hole, no overlap";
      std::uint64_t bytes = tensor["dtype"] == "F32" ? 4 : tensor["dtype"] == "BF16" ? 2 : 1;
      std::string shape;
      for (const auto& axis : tensor["shape"].GetArray()) bytes *= axis.GetUint64(), shape += " " + std::to_string(axis.GetUint64());
      end = tensor["data_offsets"][1].GetUint64();
      EXPECT_EQ(end - tensor["data_offsets"][0].GetUint64(), bytes);
      EXPECT_TRUE(out.emplace(member.name.GetString(), tensor["dtype"].GetString() + shape).second);
    }
    EXPECT_EQ(fs::file_size(path), 8 + n + end);
    return out;
  }
  fs::path folder;
};

TEST_F(CheckpointWriter, OneFile) {
  const Tensor tensors[] = {{"a\"\\\n", "F32", {2, 3}}, {"scalar", "BF16", {}}, {"none", "I8", {0, 7}}};
  const auto written = modelsig::checkpoint::write(folder, tensors);
  EXPECT_THAT(written.files, ElementsAre("model.safetensors"));
  EXPECT_EQ(written.bytes, 26u);
  EXPECT_EQ(check(folder / "model.safetensors"), (std::map<std::string, std::string>{{"a\"\\\n", "F32 2 3"}, {"scalar", "BF16"}, {"none", "I8 0 7"}}));
  EXPECT_FALSE(fs::exists(folder / "model.safetensors.index.json"));
}

TEST_F(CheckpointWriter, ShardsHaveAnIndexAndStayBelowTheirSize) {
  std::vector<Tensor> tensors;
  for (int i = 0; i < 10; ++i) tensors.push_back({"t" + std::to_string(i), "I8", {i == 4 ? 500u : 30u}});
  const auto written = modelsig::checkpoint::write(folder, tensors, 100);
  EXPECT_EQ(written.files.size(), 5u);  // 3, 1 + 0 fits not, the large one alone, 3, 2
  std::ifstream in(folder / "model.safetensors.index.json");
  const std::string text{std::istreambuf_iterator<char>(in), {}};
  rapidjson::Document index;
  index.Parse(text.c_str());
  EXPECT_EQ(index["metadata"]["total_size"].GetUint64(), 770u);
  std::size_t tensors_found = 0;
  for (const std::string& file : written.files) {
    const auto found = check(folder / file);
    for (const auto& [name, what] : found) EXPECT_EQ(index["weight_map"][name.c_str()].GetString(), file);
    tensors_found += found.size();
  }
  EXPECT_EQ(tensors_found, 10u);
  EXPECT_EQ(index["weight_map"].MemberCount(), 10u);
}

TEST_F(CheckpointWriter, AnEarlierSampleIsReplacedSomebodysWeightsAreNot) {
  const Tensor tensors[] = {{"a", "I8", {60}}, {"b", "I8", {60}}};
  modelsig::checkpoint::write(folder, tensors, 100);
  modelsig::checkpoint::write(folder, tensors);
  EXPECT_FALSE(fs::exists(folder / "model-00001-of-00002.safetensors"));
  EXPECT_FALSE(fs::exists(folder / "model.safetensors.index.json"));
  std::ofstream(folder / "weights.safetensors") << "real";
  EXPECT_THROW(modelsig::checkpoint::write(folder, tensors), std::runtime_error);
  EXPECT_EQ(content(folder / "weights.safetensors", 0, 4), "real");
}

TEST_F(CheckpointWriter, WhatNoReaderWouldTakeIsNotWritten) {
  for (const std::vector<Tensor>& bad : {std::vector<Tensor>{{"a", "I9", {1}}}, {{"a", "F4", {1}}}, {{"a", "F32", {1ull << 62}}}, {{"a", "I8", {1}}, {"a", "I8", {1}}}})
    EXPECT_THROW(modelsig::checkpoint::write(folder, bad), std::runtime_error);
  EXPECT_FALSE(fs::exists(folder));
}

TEST_F(CheckpointWriter, TheBundledSamplesAreTheRealModelsAndTakeNoSpace) {
  const std::tuple<const char*, std::size_t, std::uint64_t> samples[] = {{"Qwen3-0.6B", 310, 596'049'920}, {"Qwen3-32B", 707, 32'762'123'264}};
  for (const auto& [name, count, parameters] : samples) {
    std::ifstream in(modelsig::testing::source_dir() / "tools/samples" / (std::string(name) + ".listing"));
    const auto listing = modelsig::sample::parse_listing(std::string{std::istreambuf_iterator<char>(in), {}}, name);
    EXPECT_EQ(listing.tensors.size(), count);
    const auto written = modelsig::checkpoint::write(folder, listing.tensors, listing.shard_size);
    EXPECT_EQ(written.bytes, 2 * parameters);
    std::uint64_t on_disk = 0;
    for (const std::string& file : written.files) {
      check(folder / file);
      struct stat info {};
      ASSERT_EQ(::stat((folder / file).c_str(), &info), 0);
      on_disk += static_cast<std::uint64_t>(info.st_blocks) * 512;
    }
    EXPECT_LT(on_disk, 1u << 20);
  }
}

}  // namespace
