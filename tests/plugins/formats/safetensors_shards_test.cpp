// Checkpoints of several files: which are read, in what order, with how many requests.
#include <gtest/gtest.h>

#include "format_run.hpp"
#include "safetensors_text.hpp"

namespace formats {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::UnorderedElementsAre;

constexpr const char* INDEX_FILE = "model.safetensors.index.json";

std::string shard(std::initializer_list<const char*> tensors) {
  std::string header = "{";
  std::uint64_t at = 0;
  for (const char* name : tensors) header.append(header.size() > 1 ? "," : "").append(bytes_tensor(name, at, 4)), at += 4;
  return safetensors(header + "}", at);
}
std::string index(const std::string& map, const std::string& metadata = "{}") { return R"({"metadata":)" + metadata + R"(,"weight_map":{)" + map + "}}"; }

TEST(SafetensorsShards, AnIndexNamesThemAndTheyComeSortedByName) {
  FakeHost host;
  host.add_file("model-00002-of-00002.safetensors", shard({"z", "b"}));
  host.add_file("model-00001-of-00002.safetensors", shard({"a"}));
  host.add_file(INDEX_FILE, index(R"("z":"model-00002-of-00002.safetensors","a":"model-00001-of-00002.safetensors","b":"model-00002-of-00002.safetensors")"));
  EXPECT_EQ(probe(host), 100);
  ASSERT_EQ(parse(host), MS_OK) << host.failure;
  EXPECT_THAT(names(host), ElementsAre("a", "z", "b"));
  EXPECT_THAT(host.problems, IsEmpty());
}

TEST(SafetensorsShards, WithoutAnIndexAllFilesOfTheFolderCount) {
  FakeHost host;
  host.add_file("model-2-of-2.safetensors", shard({"b"}));
  host.add_file("model-1-of-2.safetensors", shard({"a"}));
  host.add_file("deeper/x.safetensors", shard({"no"}));
  ASSERT_EQ(parse(host), MS_OK) << host.failure;
  EXPECT_THAT(names(host), ElementsAre("a", "b"));
  EXPECT_THAT(host.problems, IsEmpty());
}

TEST(SafetensorsShards, ModelSafetensorsAloneCountsBesideOthers) {
  FakeHost host;
  host.add_file("adapter_model.safetensors", shard({"no"}));
  host.add_file("model.safetensors", shard({"a"}));
  ASSERT_EQ(parse(host), MS_OK) << host.failure;
  EXPECT_THAT(names(host), ElementsAre("a"));
}

TEST(SafetensorsShards, ZeroBasedNumbersAreComplete) {
  FakeHost host;
  host.add_file("model-00000-of-00002.safetensors", shard({"a"}));
  host.add_file("model-00001-of-00002.safetensors", shard({"b"}));
  ASSERT_EQ(parse(host), MS_OK) << host.failure;
  EXPECT_THAT(host.problems, IsEmpty());
}

TEST(SafetensorsShards, NumbersThatAreMissingAreNamed) {
  FakeHost host;
  host.add_file("model-00002-of-00004.safetensors", shard({"b"}));
  ASSERT_EQ(parse(host), MS_OK) << host.failure;
  EXPECT_THAT(host.problems, ElementsAre(IsProblem(MS_ERROR, "model-*.safetensors", "1 of 4 shards are here, missing: 1, 3, 4: download them")));
}

TEST(SafetensorsShards, OfMillionsThatAreMissingAFewAreNamed) {
  FakeHost host;
  host.add_file("model-0-of-4294967295.safetensors", shard({"b"}));
  ASSERT_EQ(parse(host), MS_OK) << host.failure;
  EXPECT_THAT(host.problems, ElementsAre(IsProblem(MS_ERROR, "model-*.safetensors", "1 of 4294967295 shards are here, missing: 1, 2, 3, 4, 5, ...: download them")));
}

TEST(SafetensorsShards, ACopyUnderItsOwnNamesIsLeftOut) {
  FakeHost host;
  host.add_file("consolidated.safetensors", shard({"layers.0.w1.weight"}));
  host.add_file("model-00001-of-00001.safetensors", shard({"a"}));
  ASSERT_EQ(parse(host), MS_OK) << host.failure;
  EXPECT_THAT(names(host), ElementsAre("a"));
}

TEST(SafetensorsShards, TheFirstOfTwoEqualNamesCounts) {
  FakeHost host;
  host.add_file("a.safetensors", shard({"x"}));
  host.add_file("b.safetensors", shard({"y", "x"}));
  ASSERT_EQ(parse(host), MS_OK) << host.failure;
  EXPECT_THAT(names(host), ElementsAre("x", "y"));
  EXPECT_EQ(host.tensors[0].file, "a.safetensors");
  EXPECT_THAT(host.problems, ElementsAre(IsProblem(MS_WARN, "b.safetensors", HasSubstr("has 1 tensor (first: 'x') that an earlier file has too"))));
}

TEST(SafetensorsShards, AMissingShardIsNamedAndTheRestIsRead) {
  FakeHost host;
  host.add_file("s1.safetensors", shard({"a"}));
  host.add_file(INDEX_FILE, index(R"("a":"s1.safetensors","b":"s2.safetensors","c":"s2.safetensors")"));
  ASSERT_EQ(parse(host), MS_OK) << host.failure;
  EXPECT_THAT(names(host), ElementsAre("a"));
  EXPECT_THAT(host.problems, ElementsAre(IsProblem(MS_ERROR, "s2.safetensors",
                                                   "is named by model.safetensors.index.json for 2 tensors (first: 'b'), but is not there: download it")));
}

TEST(SafetensorsShards, AnIndexOfAHundredThousandMissingFilesTakesNoTimeAndIsSummedUp) {
  FakeHost host;
  std::string map = R"("a":"s1.safetensors")";
  for (int i = 0; i < 100'000; ++i) map.append(",\"t").append(std::to_string(i)).append("\":\"f").append(std::to_string(i)).append(".safetensors\"");
  host.add_file("s1.safetensors", shard({"a"}));
  host.add_file(INDEX_FILE, index(map));
  ASSERT_EQ(parse(host), MS_OK) << host.failure;
  ASSERT_EQ(host.problems.size(), 201u);
  EXPECT_EQ(host.problems.back().text, "names 99800 more files that are not there");
}

TEST(SafetensorsShards, PathsThatLeaveTheFolderAreNeverOpened) {
  for (const char* path : {"../x.safetensors", "/etc/x.safetensors", "sub/../../x.safetensors", "C:\\\\x.safetensors", "file:x.safetensors", ""}) {
    FakeHost host;
    host.add_file("s1.safetensors", shard({"a"}));
    host.add_file("../x.safetensors", shard({"evil"}));
    host.add_file("/etc/x.safetensors", shard({"evil"}));
    host.add_file(INDEX_FILE, index(R"("a":"s1.safetensors","b":")" + std::string(path) + "\""));
    ASSERT_EQ(parse(host), MS_OK) << host.failure;
    EXPECT_THAT(names(host), ElementsAre("a"));
    EXPECT_THAT(host.problems, ElementsAre(IsProblem(MS_ERROR, INDEX_FILE, HasSubstr("it is not read, and 1 tensor (first: 'b') with it"))));
  }
}

TEST(SafetensorsShards, ASubfolderIsFine) {
  FakeHost host;
  host.add_file("part/s1.safetensors", shard({"a"}));
  host.add_file(INDEX_FILE, index(R"("a":"part/s1.safetensors")"));
  ASSERT_EQ(parse(host), MS_OK) << host.failure;
  EXPECT_THAT(names(host), ElementsAre("a"));
}

TEST(SafetensorsShards, IndexAndShardsThatDisagreeAreSaid) {
  FakeHost host;
  host.add_file("s1.safetensors", shard({"a", "extra"}));
  host.add_file(INDEX_FILE, index(R"("a":"s1.safetensors","gone":"s1.safetensors")"));
  ASSERT_EQ(parse(host), MS_OK) << host.failure;
  EXPECT_THAT(names(host), ElementsAre("a", "extra"));
  EXPECT_THAT(host.problems,
              UnorderedElementsAre(IsProblem(MS_WARN, "s1.safetensors", HasSubstr("lacks 1 tensor (first: 'gone') that model.safetensors.index.json promises")),
                                   IsProblem(MS_WARN, "s1.safetensors", HasSubstr("has 1 tensor (first: 'extra') that model.safetensors.index.json does not look for"))));
}

TEST(SafetensorsShards, ATotalThatContradictsTheShardsIsSaid) {
  FakeHost host;
  host.add_file("s1.safetensors", shard({"a"}));
  host.add_file(INDEX_FILE, index(R"("a":"s1.safetensors")", R"({"total_size": 4000, "note": "trimmed"})"));
  ASSERT_EQ(parse(host), MS_OK) << host.failure;
  EXPECT_THAT(host.problems, ElementsAre(IsProblem(MS_WARN, INDEX_FILE, "says that all tensors take 4000 bytes, the shards hold 4")));
}

TEST(SafetensorsShards, AStrayShardIsSaid) {
  FakeHost host;
  host.add_file("model-1-of-1.safetensors", shard({"a"}));
  host.add_file("model-2-of-2.safetensors", shard({"b"}));
  host.add_file(INDEX_FILE, index(R"("a":"model-1-of-1.safetensors")"));
  ASSERT_EQ(parse(host), MS_OK) << host.failure;
  EXPECT_THAT(host.problems, ElementsAre(IsProblem(MS_WARN, "model-2-of-2.safetensors", HasSubstr("looks like a shard"))));
}

struct BadIndex { const char* text; const char* sentence; };
class SafetensorsBadIndex : public ::testing::TestWithParam<BadIndex> {};
INSTANTIATE_TEST_SUITE_P(Cases, SafetensorsBadIndex, ::testing::Values(
    BadIndex{"{\"weight_map\": {\n  \"a\": \"s1.safe", "line 2, column 16: a string is not closed, the text ends here"},
    BadIndex{"", "is empty (0 bytes)"},
    BadIndex{"<html></html>", "is an HTML page"},
    BadIndex{"version https://git-lfs.github.com/spec/v1\n", "is a Git LFS pointer"},
    BadIndex{"[]", "the index is a list, expected an object with a weight_map"},
    BadIndex{"{\"weight_map\": []}", "weight_map is a list, expected an object"},
    BadIndex{"{\"weight_map\": {\"a\": 1}}", "weight_map: tensor 'a' has a number for a file, expected a string"},
    BadIndex{"{\"weight_map\": {\"a\": {}}}", "weight_map: tensor 'a' has an object for a file, expected a string"},
    BadIndex{"{}", "has no weight_map"}));

TEST_P(SafetensorsBadIndex, IsNamedAndTheFilesAreReadWithoutIt) {
  FakeHost host;
  host.add_file(INDEX_FILE, GetParam().text);
  host.add_file("s1.safetensors", shard({"a"}));
  ASSERT_EQ(parse(host), MS_OK) << host.failure;
  EXPECT_THAT(names(host), ElementsAre("a"));
  EXPECT_THAT(host.problems, ElementsAre(IsProblem(MS_ERROR, INDEX_FILE, HasSubstr(GetParam().sentence))));
}

TEST(SafetensorsShards, AChosenFileOrVariantIsTheOnlyOneRead) {
  for (const auto& [select, tensor] : {std::pair("other.safetensors", "o"), std::pair("fp16", "h"), std::pair("x.safetensors.index.json", "o")}) {
    FakeHost host;
    host.add_file("model.safetensors", shard({"a"}));
    host.add_file("other.safetensors", shard({"o"}));
    host.add_file("model.fp16.safetensors", shard({"h"}));
    host.add_file("x.safetensors.index.json", index(R"("o":"other.safetensors")"));
    host.select = select;
    ASSERT_EQ(parse(host), MS_OK) << host.failure;
    EXPECT_THAT(names(host), ElementsAre(tensor)) << select;
  }
}

TEST(SafetensorsShards, AChosenFileThatIsNotThereIsSaid) {
  FakeHost host;
  host.add_file("model.safetensors", shard({"a"}));
  host.select = "gone.safetensors";
  EXPECT_EQ(parse(host), MS_NOT_FOUND);
  EXPECT_EQ(host.failure, "gone.safetensors: is not in memory:model");
}

TEST(SafetensorsShards, NoSafetensorsIsNotOurs) {
  FakeHost host;
  host.add_file("pytorch_model.bin", "x");
  EXPECT_EQ(probe(host), 0);
  EXPECT_EQ(parse(host), MS_NOT_FOUND);
  EXPECT_EQ(host.failure, "memory:model: has no file whose name ends in .safetensors");
}

TEST(SafetensorsShards, NoneOfManyUsableFails) {
  FakeHost host;
  host.add_file("a.safetensors", "abc");
  host.add_file("b.safetensors", "");
  EXPECT_EQ(parse(host), MS_DATA_LOSS);
  EXPECT_EQ(host.failure, "none of the 2 files can be used; a.safetensors: is 3 bytes long, too short for a safetensors file");
  EXPECT_EQ(host.problems.size(), 2u);
}

}  // namespace
}  // namespace formats
