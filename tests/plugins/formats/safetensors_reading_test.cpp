// How much is read, in how many requests and rounds. A round is one batch: one round trip for a remote store.
#include <gtest/gtest.h>

#include "format_run.hpp"
#include "safetensors_text.hpp"

namespace formats {
namespace {

// `count` tensors as a transformer has them, BF16 [1024, 1024] each, and the index entries for them.
std::string big_header(int first, int count, std::string* map, const std::string& file) {
  constexpr std::uint64_t SIZE = 2u << 20;
  std::string header = R"({"__metadata__":{"format":"pt"})";
  for (int i = 0; i < count; ++i) {
    const std::string name = "model.layers." + std::to_string(first + i) + ".mlp.experts.7.gate_proj.weight";
    header += ",\"" + name + R"(":{"dtype":"BF16","shape":[1024,1024],"data_offsets":[)" + std::to_string(i * SIZE) + "," + std::to_string((i + 1) * SIZE) + "]}";
    if (map) map->append(map->empty() ? "" : ",").append("\"" + name + "\":\"" + file + "\"");
  }
  return header + "}";
}
void add_sparse(FakeHost& host, const std::string& name, const std::string& header, int tensors) {
  const std::string start = length_of(header.size()) + header;
  host.add_sparse_file(name, start, start.size() + static_cast<std::uint64_t>(tensors) * (2u << 20));
}
std::size_t rounds(const FakeHost& host) { return host.reads.empty() ? 0 : host.reads.back().batch + 1; }

TEST(SafetensorsReading, AnIndexPredictsEveryHeaderOneRequestEachOneRound) {
  for (bool size_known : {true, false}) {
    FakeHost host;
    std::string map;
    for (int s = 0; s < 40; ++s) {
      const std::string name = "model-" + std::to_string(s) + ".safetensors";
      add_sparse(host, name, big_header(s * 100, 100, &map, name), 100);
    }
    host.add_file("model.safetensors.index.json", R"({"weight_map":{)" + map + "}}");
    for (auto& file : host.files) file.size_known = size_known;
    ASSERT_EQ(parse(host), MS_OK) << host.failure;
    EXPECT_EQ(host.tensors.size(), 4000u);
    EXPECT_THAT(host.problems, ::testing::IsEmpty());
    EXPECT_EQ(host.reads.size(), size_known ? 41u : 42u);  // a large index of unknown size takes two
    EXPECT_EQ(rounds(host), host.reads.size() - 39);
    for (const auto& read : host.reads) {
      if (read.file.ends_with(".json")) continue;
      const auto& bytes = std::find_if(host.files.begin(), host.files.end(), [&](const auto& f) { return f.name == read.file; })->bytes;
      EXPECT_LE(read.offset + read.size, bytes.size() * 5 / 4) << "more than 25 % of the header too much";
    }
  }
}

TEST(SafetensorsReading, ALongHeaderWithoutAnIndexTakesTwoRoundsAndNotAByteMore) {
  FakeHost host;
  for (const char* name : {"a.safetensors", "b.safetensors"}) add_sparse(host, name, big_header(name[0] * 10000, 3000, nullptr, ""), 3000);
  ASSERT_EQ(parse(host), MS_OK) << host.failure;
  EXPECT_EQ(host.tensors.size(), 6000u);
  EXPECT_EQ(host.reads.size(), 4u);
  EXPECT_EQ(rounds(host), 2u);
  for (const auto& read : host.reads) EXPECT_LE(read.offset + read.size, host.files[0].bytes.size());
}

TEST(SafetensorsReading, HeadersAroundTheFirstGuessAreWhole) {
  for (std::size_t length : {98'294u, 98'295u, 98'296u, 98'297u, 99'993u, 99'994u, 100'000u, 100'001u}) {
    std::string header = "{" + bytes_tensor("a", 0, 4);
    header.append(length - header.size() - 1, ' ').append("}");
    FakeHost host;
    host.add_file("model.safetensors", safetensors(header, 4));
    ASSERT_EQ(parse(host), MS_OK) << length << host.failure;
    EXPECT_EQ(host.tensors.size(), 1u);
    EXPECT_LE(host.reads.size(), 2u);
  }
}

TEST(SafetensorsReading, WithoutSizesALargeHeaderStaysInsideItsLimit) {
  FakeHost host;
  host.add_file("model.safetensors", length_of(90'000'000) + "{").size_known = false;
  EXPECT_EQ(parse(host), MS_DATA_LOSS);
  EXPECT_EQ(host.failure, "model.safetensors: says that its header is 90000000 bytes long, but the whole file has 9: it is no safetensors file, or damaged");
}

}  // namespace
}  // namespace formats
