// strict = false: as the Python original reads, which checks nothing that json.loads does not.
#include <gtest/gtest.h>

#include "format_run.hpp"
#include "safetensors_text.hpp"

namespace formats {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

constexpr const char* INDEX = "model.safetensors.index.json";

struct Lenient : FakeHost {
  ms_status read() { return parse(*this, "format.safetensors", lenient()); }
};

TEST(SafetensorsLenient, SizesOffsetsAndGapsAreNotChecked) {
  Lenient host;
  host.add_file("model.safetensors", safetensors(R"({"a":{"dtype":"F32","shape":[9],"data_offsets":[5,3]},"b":{"dtype":"odd","shape":[2],"data_offsets":[7,9]}})", 1));
  ASSERT_EQ(host.read(), MS_OK) << host.failure;
  EXPECT_THAT(names(host), ElementsAre("a", "b"));
  EXPECT_THAT(host.problems, IsEmpty());
}

TEST(SafetensorsLenient, WhatIsNoTensorIsDroppedWhatIsMissingIsEmpty) {
  Lenient host;
  host.add_file("model.safetensors", safetensors(R"({"a":1,"b":[2],"c":{"shape":[3]},"d":{"dtype":"F32"},"e":{"dtype":"F32","shape":[-1]},"__metadata__":[1]})"));
  ASSERT_EQ(host.read(), MS_OK) << host.failure;
  ASSERT_THAT(names(host), ElementsAre("c", "d"));
  EXPECT_EQ(host.tensors[0].dtype, "");
  EXPECT_THAT(host.tensors[1].shape, IsEmpty());
}

TEST(SafetensorsLenient, OfEqualNamesTheLastValueStandsAtTheFirstPlace) {
  Lenient host;
  host.add_file("model.safetensors", safetensors("{" + bytes_tensor("a", 0, 1) + "," + bytes_tensor("b", 1, 1) + "," + bytes_tensor("a", 2, 7) + "}"));
  ASSERT_EQ(host.read(), MS_OK) << host.failure;
  ASSERT_THAT(names(host), ElementsAre("a", "b"));
  EXPECT_THAT(host.tensors[0].shape, ElementsAre(7));
}

TEST(SafetensorsLenient, ALengthPastTheEndReadsWhatIsThere) {
  Lenient host;
  host.add_file("model.safetensors", length_of(5000) + "{" + bytes_tensor("a", 0, 1) + "}");
  ASSERT_EQ(host.read(), MS_OK) << host.failure;
  EXPECT_THAT(names(host), ElementsAre("a"));
}

TEST(SafetensorsLenient, AShardThatIsNoJsonOnlyWarns) {
  Lenient host;
  host.add_file("a.safetensors", safetensors("{nonsense"));
  host.add_file("b.safetensors", safetensors("{" + bytes_tensor("b", 0, 1) + "}", 1));
  ASSERT_EQ(host.read(), MS_OK) << host.failure;
  EXPECT_THAT(names(host), ElementsAre("b"));
  EXPECT_THAT(host.problems, ElementsAre(IsProblem(MS_WARN, "a.safetensors", HasSubstr("a member name in double quotes was expected"))));
}

TEST(SafetensorsLenient, NoUsableShardIsAModelWithoutTensors) {
  Lenient host;
  host.add_file("model.safetensors", "");
  EXPECT_EQ(host.read(), MS_OK) << host.failure;
  EXPECT_THAT(host.tensors, IsEmpty());
  EXPECT_THAT(host.problems, ElementsAre(IsProblem(MS_WARN, "model.safetensors", HasSubstr("is empty"))));
}

TEST(SafetensorsLenient, AMissingShardOnlyWarns) {
  Lenient host;
  host.add_file("s1.safetensors", safetensors("{" + bytes_tensor("a", 0, 1) + "}", 1));
  host.add_file(INDEX, R"({"weight_map":{"a":"s1.safetensors","b":"s2.safetensors"}})");
  EXPECT_EQ(host.read(), MS_OK) << host.failure;
  EXPECT_THAT(host.problems, ElementsAre(IsProblem(MS_WARN, "s2.safetensors", HasSubstr("is not there"))));
}

TEST(SafetensorsLenient, ABrokenIndexFailsEverything) {
  for (const char* text : {"{\"weight_map\": {", "", "[]", R"({"weight_map": 3})", R"({"weight_map": {"a": 3}})"}) {
    Lenient host;
    host.add_file("s1.safetensors", safetensors("{" + bytes_tensor("a", 0, 1) + "}", 1));
    host.add_file(INDEX, text);
    EXPECT_EQ(host.read(), MS_DATA_LOSS) << text;
    EXPECT_THAT(host.tensors, IsEmpty());
  }
}

TEST(SafetensorsLenient, AnIndexWithoutAMapNamesNothing) {
  Lenient host;
  host.add_file("s1.safetensors", safetensors("{" + bytes_tensor("a", 0, 1) + "}", 1));
  host.add_file(INDEX, "{}");
  EXPECT_EQ(host.read(), MS_OK) << host.failure;
  EXPECT_THAT(host.tensors, IsEmpty());
}

TEST(SafetensorsLenient, AnIndexOfAnotherNameIsNone) {
  Lenient host;
  for (const char* name : {"x", "y"}) host.add_file(std::string(name) + ".safetensors", safetensors("{" + bytes_tensor(name, 0, 1) + "}", 1));
  host.add_file("other.safetensors.index.json", R"({"weight_map":{"x":"x.safetensors"}})");
  EXPECT_EQ(host.read(), MS_OK) << host.failure;
  EXPECT_THAT(names(host), ElementsAre("x", "y"));
}

TEST(SafetensorsLenient, FilesWithoutAnIndexAreAllOfTheFolder) {
  Lenient host;
  host.add_file("consolidated.safetensors", safetensors("{" + bytes_tensor("c", 0, 1) + "}", 1));
  host.add_file("model-2-of-9.safetensors", safetensors("{" + bytes_tensor("m", 0, 1) + "}", 1));
  host.add_file("deeper/x.safetensors", safetensors("{" + bytes_tensor("x", 0, 1) + "}", 1));
  EXPECT_EQ(host.read(), MS_OK) << host.failure;
  EXPECT_THAT(names(host), ElementsAre("c", "m"));
  EXPECT_THAT(host.problems, IsEmpty());
}

}  // namespace
}  // namespace formats
