// What must be read, and what comes out of it.
#include <gtest/gtest.h>

#include "format_run.hpp"
#include "safetensors_text.hpp"

namespace formats {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

// One file "model.safetensors" with this header and this much data.
struct One : FakeHost {
  One(std::string_view header, std::size_t data = 0) { add_file("model.safetensors", safetensors(header, data)); }
};

TEST(SafetensorsValid, TwoTensorsComeInHeaderOrderWithTheirPlaceInTheFile) {
  One host(R"({"b":{"dtype":"F32","shape":[2,3],"data_offsets":[4,28]},"a":{"dtype":"BF16","shape":[2],"data_offsets":[0,4]}})", 28);
  ASSERT_EQ(parse(host), MS_OK) << host.failure;
  ASSERT_THAT(names(host), ElementsAre("b", "a"));
  const auto& b = host.tensors[0];
  EXPECT_EQ(b.dtype, "F32");
  EXPECT_THAT(b.shape, ElementsAre(2, 3));
  EXPECT_EQ(b.offset, host.files[0].bytes.size() - 24);
  EXPECT_EQ(b.size, 24u);
  EXPECT_EQ(b.file, "model.safetensors");
  EXPECT_THAT(host.problems, IsEmpty());
}

TEST(SafetensorsValid, AScalarHasNoAxes) {
  One host(R"({"test":{"dtype":"I32","shape":[],"data_offsets":[0,4]}})", 4);
  ASSERT_EQ(parse(host), MS_OK) << host.failure;
  EXPECT_THAT(host.tensors.at(0).shape, IsEmpty());
  EXPECT_THAT(host.problems, IsEmpty());
}

TEST(SafetensorsValid, AZeroInTheShapeTakesNoBytesHoweverLargeTheRest) {
  One host(R"({"test":{"dtype":"I32","shape":[18446744073709551615,2,0],"data_offsets":[0,0]}})");
  ASSERT_EQ(parse(host), MS_OK) << host.failure;
  EXPECT_THAT(host.tensors.at(0).shape, ElementsAre(UINT64_MAX, 2, 0));
}

TEST(SafetensorsValid, NoTensorsAtAll) {
  for (const char* header : {"{}", R"({"__metadata__":{"framework":"pt"}})", R"({"__metadata__":null})", R"({"__metadata__":{}})"}) {
    One host(header);
    EXPECT_EQ(parse(host), MS_OK) << header << host.failure;
    EXPECT_THAT(host.tensors, IsEmpty());
    EXPECT_THAT(host.problems, IsEmpty());
  }
}

TEST(SafetensorsValid, SpacePadsTheHeaderInFrontAndBehind) {
  for (const char* header : {"\t\n {}", "{}  \t\r\n   ", "{}"}) {  // the last is not a multiple of 8 either
    One host(header);
    EXPECT_EQ(parse(host), MS_OK) << header << host.failure;
    EXPECT_THAT(host.problems, IsEmpty());
  }
}

TEST(SafetensorsValid, SubByteTypesCountBits) {
  One host(R"({"t":{"dtype":"F4","shape":[1,2],"data_offsets":[0,1]},"u":{"dtype":"F6_E2M3","shape":[4],"data_offsets":[1,4]}})", 4);
  EXPECT_EQ(parse(host), MS_OK) << host.failure;
  EXPECT_THAT(host.problems, IsEmpty());
}

TEST(SafetensorsValid, EveryDtypeOfTheFormatIsKnown) {
  const std::pair<const char*, int> known[] = {{"BOOL", 1}, {"U8", 1}, {"I8", 1}, {"F8_E5M2", 1}, {"F8_E4M3", 1}, {"F8_E8M0", 1}, {"F8_E4M3FNUZ", 1},
      {"F8_E5M2FNUZ", 1}, {"I16", 2}, {"U16", 2}, {"F16", 2}, {"BF16", 2}, {"I32", 4}, {"U32", 4}, {"F32", 4}, {"C64", 8}, {"F64", 8}, {"I64", 8}, {"U64", 8}};
  for (const auto& [dtype, bytes] : known) {
    One host(R"({"t":{"dtype":")" + std::string(dtype) + R"(","shape":[3],"data_offsets":[0,)" + std::to_string(3 * bytes) + "]}}", static_cast<std::size_t>(3 * bytes));
    EXPECT_EQ(parse(host), MS_OK) << dtype << host.failure;
    EXPECT_THAT(host.problems, IsEmpty());
  }
}

TEST(SafetensorsValid, AnUnknownDtypeIsCarriedAndSaid) {
  One host(R"({"a":{"dtype":"F3_X","shape":[7],"data_offsets":[0,5]},"b":{"dtype":"F3_X","shape":[2],"data_offsets":[5,6]}})", 6);
  ASSERT_EQ(parse(host), MS_OK) << host.failure;
  EXPECT_EQ(host.tensors.at(0).dtype, "F3_X");
  EXPECT_THAT(host.problems, ElementsAre(IsProblem(MS_INFO, "a", "dtype 'F3_X' is not known here: the sizes of 2 tensors were not checked")));
}

TEST(SafetensorsValid, EscapedAndForeignNamesAreTakenAsTheyAre) {
  One host(R"({"a\"b\u00e9\/c":{"dtype":"U8","shape":[1],"data_offsets":[0,1]},"层.0":{"dtype":"U8","shape":[1],"data_offsets":[1,2]}})", 2);
  ASSERT_EQ(parse(host), MS_OK) << host.failure;
  EXPECT_THAT(names(host), ElementsAre("a\"bé/c", "层.0"));
}

TEST(SafetensorsValid, AFieldThatNobodyKnowsIsSkipped) {
  One host(R"({"t":{"x":{"y":[1,{"z":null}]},"dtype":"U8","w":-1.5,"shape":[1],"data_offsets":[0,1]}})", 1);
  ASSERT_EQ(parse(host), MS_OK) << host.failure;
  EXPECT_THAT(names(host), ElementsAre("t"));
}

TEST(SafetensorsValid, ADumpOfTheHeaderIsReadAndNamed) {
  One host(R"({"t":{"dtype":"U8","shape":[1],"data_offsets":[0,1]}})");
  ASSERT_EQ(parse(host), MS_OK) << host.failure;
  EXPECT_THAT(names(host), ElementsAre("t"));
  EXPECT_THAT(host.problems, ElementsAre(IsProblem(MS_WARN, "model.safetensors", HasSubstr("holds only the header"))));
}

TEST(SafetensorsValid, AHeaderOfExactlyTheLimitIsRead) {
  std::string header = "{}";
  header.append(62, ' ');
  One host(header);
  EXPECT_EQ(parse(host, "format.safetensors", Value::object({{"max_header", 64}})), MS_OK) << host.failure;
  One longer(header + " ");
  EXPECT_EQ(parse(longer, "format.safetensors", Value::object({{"max_header", 64}})), MS_DATA_LOSS);
  EXPECT_THAT(longer.failure, HasSubstr("65 bytes long, more than the limit of 64"));
}

}  // namespace
}  // namespace formats
