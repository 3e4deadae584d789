// What must be refused, and the sentence a person gets.
#include <gtest/gtest.h>

#include "format_run.hpp"
#include "safetensors_text.hpp"

namespace formats {
namespace {

using ::testing::HasSubstr;
using ::testing::IsEmpty;

struct RefusedSafetensors { const char* situation; std::string file; const char* sentence; };

std::string t(const char* fields, std::size_t data) { return safetensors(std::string(R"({"t":{)") + fields + "}}", data); }

const RefusedSafetensors SAFETENSORS_CASES[] = {
    {"AnEmptyFile", "", "is empty (0 bytes): download it again"},
    {"ShorterThanTheLength", "\x01\x02\x03", "is 3 bytes long, too short for a safetensors file"},
    {"TheHeaderIsLongerThanTheFile", length_of(60) + "{}", "says that its header is 60 bytes long, but the whole file has 10"},
    {"TheLengthOverflows", length_of(UINT64_MAX) + "{}", "says that its header is 18446744073709551615 bytes long, but the whole file has 10"},
    {"NotUtf8", safetensors("{\"a\xff\":1}"), "the header is broken at its byte 3: is not UTF-8: found the byte 0xff"},
    {"AnOverlongUtf8Sequence", safetensors("{\"a\xc0\xaf\":1}"), "is not UTF-8: found the byte 0xc0"},
    {"NotJson", safetensors("{\"a\" 1}"), "the header is broken at its byte 5: ':' was expected behind the member name, found '1'"},
    {"CutShortJson", safetensors("{\"a\": {"), "a member name in double quotes was expected, the text ends here"},
    {"TextBehindTheValue", safetensors("{} {}"), "there is more behind the JSON value, found '{'"},
    {"ANulBehindTheValue", safetensors(std::string_view("{}\0{}", 5)), "there is more behind the JSON value, found the byte 0x00"},
    {"NestedWithoutEnd", safetensors("{\"a\":{\"x\":" + std::string(100000, '[')), "is nested deeper than 200 levels"},
    {"AListInsteadOfAnObject", safetensors("[]"), "is a list, but a safetensors header is a JSON object"},
    {"ATensorThatIsANumber", safetensors(R"({"t":1})"), "tensor 't' is a number, expected an object"},
    {"MetadataThatIsANumber", safetensors(R"({"__metadata__":{"a":1}})"), "__metadata__ holds a number, it may hold strings only"},
    {"NoShape", t(R"("dtype":"U8","data_offsets":[0,1])", 1), "tensor 't' has no shape"},
    {"NoDtype", t(R"("shape":[1],"data_offsets":[0,1])", 1), "tensor 't' has no dtype"},
    {"NoOffsets", t(R"("dtype":"U8","shape":[1])", 1), "tensor 't' has no data_offsets"},
    {"OneOffset", t(R"("dtype":"U8","shape":[1],"data_offsets":[0])", 1), "tensor 't': data_offsets has fewer than two numbers"},
    {"ThreeOffsets", t(R"("dtype":"U8","shape":[1],"data_offsets":[0,1,2])", 1), "tensor 't': data_offsets has more than two numbers"},
    {"ANegativeAxis", t(R"("dtype":"U8","shape":[-1],"data_offsets":[0,1])", 1), "tensor 't': shape holds a negative number"},
    {"AnAxisPast64Bits", t(R"("dtype":"U8","shape":[18446744073709551616],"data_offsets":[0,1])", 1), "tensor 't': shape holds a number that is not whole or too large"},
    {"TooManyAxes", t((R"("dtype":"U8","data_offsets":[0,1],"shape":[1)" + [] { std::string s; for (int i = 0; i < 64; ++i) s += ",1"; return s; }() + "]").c_str(), 1), "tensor 't': shape has more than 64 axes"},
    {"EndInFrontOfBegin", t(R"("dtype":"U8","shape":[1],"data_offsets":[1,0])", 1), "tensor 't' ends before it begins: data_offsets are 1 to 0"},
    {"ShapeAndOffsetsDisagree", t(R"("dtype":"I32","shape":[2,2],"data_offsets":[0,4])", 4), "tensor 't': I32 [2, 2] takes 16 bytes, but data_offsets 0 to 4 are 4"},
    {"TheShapeOverflows", t(R"("dtype":"I32","shape":[2,18446744073709551614],"data_offsets":[0,16])", 16), "tensor 't': I32 [2, 18446744073709551614] has more bits than 64-bit numbers can count"},
    {"ShapeTimesWidthOverflows", t(R"("dtype":"I32","shape":[2,9223372036854775807],"data_offsets":[0,16])", 16), "has more bits than 64-bit numbers can count"},
    {"HalfAByte", t(R"("dtype":"F4","shape":[1,1],"data_offsets":[0,1])", 1), "tensor 't': F4 [1, 1] is 4 bits, which is not a whole number of bytes"},
    {"ManyTensorsShareOneRange", safetensors("{" + bytes_tensor("a", 0, 4) + "," + bytes_tensor("b", 0, 4) + "}", 4), "tensors 'a' (bytes 0 to 4) and 'b' (bytes 0 to 4) overlap"},
    {"AHole", safetensors("{" + bytes_tensor("a", 0, 4) + "," + bytes_tensor("b", 6, 4) + "}", 10), "bytes 4 to 6 of the data, in front of tensor 'b', belong to no tensor"},
    {"TheFirstTensorIsNotAtZero", safetensors("{" + bytes_tensor("a", 2, 4) + "}", 6), "bytes 0 to 2 of the data, in front of tensor 'a', belong to no tensor"},
    {"DuplicateNames", safetensors("{" + bytes_tensor("a", 0, 4) + "," + bytes_tensor("a", 4, 4) + "}", 8), "tensor 'a' is there twice"},
    {"CutShortData", safetensors("{" + bytes_tensor("a", 0, 4) + "}", 3), "is cut short: the header promises 4 bytes of data, 3 are there: download it again"},
    {"TrailingBytes", safetensors("{" + bytes_tensor("a", 0, 4) + "}", 7), "has 3 bytes behind the last tensor that belong to nothing"},
    {"ALfsPointer", "version https://git-lfs.github.com/spec/v1\noid sha256:4d7a\nsize 134\n", "is a Git LFS pointer, not the file itself: run 'git lfs pull'"},
    {"AnHtmlPage", "<!DOCTYPE html>\n<html><title>Sign in</title></html>", "is an HTML page, probably an error or login page"},
    {"Gzip", "\x1f\x8b\x08 and so on, long enough", "is gzip-compressed: unpack it first"},
    {"APickle", "PK\x03\x04 and so on, long enough", "is a zip archive, which is how PyTorch writes .bin and .pt files"},
    {"JsonText", "{\"a\": 1, \"b\": 2}", "is JSON text, not a safetensors file"},
    {"AGgufFile", "GGUF\x03 and so on, long enough", "is a GGUF file"},
};

class SafetensorsRefused : public ::testing::TestWithParam<RefusedSafetensors> {};
INSTANTIATE_TEST_SUITE_P(Cases, SafetensorsRefused, ::testing::ValuesIn(SAFETENSORS_CASES), [](const auto& test) { return std::string(test.param.situation); });

TEST_P(SafetensorsRefused, FailsWithASentenceThatNamesTheFile) {
  FakeHost host;
  host.add_file("model.safetensors", GetParam().file);
  EXPECT_EQ(parse(host), MS_DATA_LOSS);
  EXPECT_THAT(host.failure, HasSubstr("model.safetensors: "));
  EXPECT_THAT(host.failure, HasSubstr(GetParam().sentence));
  EXPECT_THAT(host.problems, IsEmpty()) << "said once, by the failure";
  EXPECT_THAT(host.tensors, IsEmpty());
}

TEST_P(SafetensorsRefused, OneBadShardOfManyLeavesTheOthers) {
  FakeHost host;
  host.add_file("a.safetensors", safetensors("{" + bytes_tensor("first", 0, 4) + "}", 4));
  host.add_file("b.safetensors", GetParam().file);
  host.add_file("c.safetensors", safetensors("{" + bytes_tensor("last", 0, 4) + "}", 4));
  EXPECT_EQ(parse(host), MS_OK) << host.failure;
  EXPECT_THAT(names(host), ::testing::ElementsAre("first", "last"));
  EXPECT_THAT(host.problems, ::testing::ElementsAre(IsProblem(MS_ERROR, "b.safetensors", HasSubstr(GetParam().sentence))));
}

TEST(SafetensorsLimits, AHeaderPast100MegabytesIsRefusedBeforeItIsRead) {
  FakeHost host;
  host.add_sparse_file("model.safetensors", length_of(100'000'001) + "{", 8 + 100'000'001);
  EXPECT_EQ(parse(host), MS_DATA_LOSS);
  EXPECT_THAT(host.failure, HasSubstr("says that its header is 100000001 bytes long, more than the limit of 100000000"));
  EXPECT_EQ(host.reads.size(), 1u);
}

TEST(SafetensorsLimits, AnUnreadableFileIsNamedWithTheReasonOfTheStore) {
  FakeHost host;
  host.add_file("model.safetensors", safetensors("{}")).broken = "connection reset";
  EXPECT_EQ(parse(host), MS_DATA_LOSS);
  EXPECT_EQ(host.failure, "model.safetensors: connection reset");
}

TEST(SafetensorsLimits, CancelledMeansCancelled) {
  FakeHost host;
  host.add_file("model.safetensors", safetensors("{}"));
  host.cancelled = true;
  EXPECT_EQ(parse(host), MS_CANCELLED);
}

}  // namespace
}  // namespace formats
