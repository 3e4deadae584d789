// What must be refused, and the sentence a person gets. The cases are those of llama.cpp's own test, and of crafted files.
#include <gtest/gtest.h>

#include "format_run.hpp"
#include "gguf_bytes.hpp"

namespace formats {
namespace {

using ::testing::HasSubstr;
using ::testing::IsEmpty;

const GgufBytes BYTES;
const std::string NAME = BYTES.word("general.architecture", "llama");

std::string head(std::uint64_t tensors, std::uint64_t entries) { return "GGUF" + BYTES.u32(3) + BYTES.u64(tensors) + BYTES.u64(entries); }
std::string one(const std::string& entry) { return BYTES.file({entry}, {}); }
std::string lone(const std::string& tensor, std::size_t data = 64) { return BYTES.file({}, {tensor}, data); }
std::string nested(unsigned depth) {
  std::string out;
  for (unsigned i = 0; i < depth; ++i) out += BYTES.u32(ARRAY) + BYTES.u64(1);
  return out + BYTES.u32(U8) + BYTES.u64(0);
}

struct RefusedGguf { const char* situation; std::string file; const char* sentence; };
const RefusedGguf GGUF_CASES[] = {
    {"AnEmptyFile", "", "is empty (0 bytes): download it again"},
    {"SixBytes", std::string("GGUF\x03\0", 6), "ends at byte 6, inside the version that begins at byte 4"},
    {"BadMagic", "FUGG" + BYTES.u32(3) + BYTES.u64(0) + BYTES.u64(0), "is no GGUF file: it does not begin with \"GGUF\""},
    {"Version0", "GGUF" + BYTES.u32(0) + BYTES.u64(0) + BYTES.u64(0), "is GGUF version 0, versions 1 to 3 are known"},
    {"Version4", "GGUF" + BYTES.u32(4) + BYTES.u64(0) + BYTES.u64(0), "is GGUF version 4, versions 1 to 3 are known"},
    {"AnHtmlPage", "<!DOCTYPE html>\n<html><title>Sign in</title></html>", "is an HTML page"},
    {"ALfsPointer", "version https://git-lfs.github.com/spec/v1\noid sha256:4d7a\nsize 134\n", "is a Git LFS pointer, not the file itself"},
    {"TensorsWithoutEnd", head(UINT64_MAX, 0), "the header promises 18446744073709551615 tensors, but only 8 bytes follow"},
    {"EntriesWithoutEnd", head(0, UINT64_MAX), "the header promises 18446744073709551615 metadata entries, but only 0 bytes follow"},
    {"AKeyWithoutEnd", head(0, 1) + BYTES.u64(UINT64_MAX) + std::string(32, 'x'), "a metadata key is 18446744073709551615 bytes long"},
    {"AKeyPastTheEnd", head(0, 1) + BYTES.u64(60) + std::string(32, 'x'), "a metadata key is 60 bytes long, 32 are left in the file"},
    {"AnEmptyKey", one(BYTES.number("", 1)), "a metadata key is empty"},
    {"AnUnknownValueType", one(BYTES.entry("a", 13, BYTES.u32(1))), "the value of 'a' has the type 13, types 0 to 12 are known"},
    {"AKeyTwice", BYTES.file({BYTES.number("a", 1), BYTES.number("a", 2)}, {}), "the metadata key 'a' is there twice"},
    {"ATextPastTheEnd", one(BYTES.entry("a", TEXT, BYTES.u64(1u << 20))), "the value of 'a' is a text of 1048576 bytes"},
    {"AnArrayWithoutEnd", one(BYTES.array("a", U32, UINT64_MAX / 2, "")), "the value of 'a' is an array of 9223372036854775807 items"},
    {"TextsWithoutEnd", one(BYTES.array("a", TEXT, 1u << 30, "")), "the value of 'a' is an array of 1073741824 items"},
    {"ArraysInArrays", one(BYTES.entry("a", ARRAY, nested(40))), "the value of 'a' has arrays in arrays deeper than 4"},
    {"AlignmentZero", one(BYTES.number("general.alignment", 0)), "general.alignment is 0, it must be a power of two"},
    {"Alignment13", one(BYTES.number("general.alignment", 13)), "general.alignment is 13, it must be a power of two"},
    {"AlignmentOfAnotherType", one(BYTES.entry("general.alignment", I32, BYTES.u32(32))), "general.alignment is of type i32, it must be u32"},
    {"ATensorNameOf64Bytes", lone(BYTES.tensor(std::string(64, 'n'), {4}, 0, 0)), "a tensor's name is 64 bytes long, more than 63"},
    {"FiveAxes", lone(BYTES.tensor("t", {1, 1, 1, 1, 1}, 0, 0)), "tensor 't' has 5 axes, at most 4 are possible"},
    {"ANegativeAxis", lone(BYTES.tensor("t", {4, UINT64_MAX}, 0, 0)), "tensor 't' has a negative axis"},
    {"TooManyWeights", lone(BYTES.tensor("t", {1ull << 40, 1ull << 40}, 0, 0)), "tensor 't' has more weights than 64-bit numbers can count"},
    {"TooManyBytes", lone(BYTES.tensor("t", {1ull << 31, 1ull << 31}, 0, 0)), "tensor 't' has more bytes than 64-bit numbers can count"},
    {"ARowThatIsNoBlock", lone(BYTES.tensor("t", {100}, 12, 0)), "tensor 't' has rows of 100, but Q4_K packs blocks of 256"},
    {"AnOffsetBetweenAlignments", lone(BYTES.tensor("t", {4}, 0, 8)), "tensor 't' begins at 8 of the data, which is no multiple of the alignment 32"},
    {"AHole", BYTES.file({}, {BYTES.tensor("a", {4}, 0, 0), BYTES.tensor("b", {4}, 0, 64)}, 96), "tensor 'b' begins at 64 of the data, but the one before it ends at 32"},
    {"AnotherAlignmentThanSaid", BYTES.file({BYTES.number("general.alignment", 64)}, {BYTES.tensor("a", {4}, 0, 0), BYTES.tensor("b", {4}, 0, 32)}, 128), "tensor 'b' begins at 32 of the data, which is no multiple of the alignment 64"},
    {"ATensorTwice", BYTES.file({}, {BYTES.tensor("a", {4}, 0, 0), BYTES.tensor("a", {4}, 0, 32)}, 64), "tensor 'a' is there twice"},
};

class GgufRefused : public ::testing::TestWithParam<RefusedGguf> {};
INSTANTIATE_TEST_SUITE_P(Cases, GgufRefused, ::testing::ValuesIn(GGUF_CASES), [](const auto& test) { return std::string(test.param.situation); });

void load_types(FakeHost& host) {
  host.rules["ggml_type"] = Value::list({Value::object({{"id", "F32"}, {"number", 0}, {"block", 1}, {"bytes", 4}}), Value::object({{"id", "F16"}, {"number", 1}, {"block", 1}, {"bytes", 2}}),
                                          Value::object({{"id", "Q4_K"}, {"number", 12}, {"block", 256}, {"bytes", 144}})});
}

TEST_P(GgufRefused, SaysWhy) {
  FakeHost host;
  load_types(host);
  host.add_file("model.gguf", GetParam().file);
  EXPECT_NE(parse(host, "format.gguf"), MS_OK);
  EXPECT_THAT(host.failure, HasSubstr(GetParam().sentence));
  EXPECT_THAT(host.failure, HasSubstr("model.gguf: "));
  EXPECT_THAT(host.tensors, IsEmpty());
}

TEST(Gguf, IsRefusedWhereverItIsCut) {
  const std::string whole = BYTES.file({NAME, BYTES.array("tokens", TEXT, 3, BYTES.text("a") + BYTES.text("bc") + BYTES.text("d")), BYTES.real("eps", 1e-5f)}, {BYTES.tensor("t", {4, 2}, 0, 0)});
  const std::size_t header = whole.find_last_not_of('\0');  // what follows is padding, and zeros of the last offset
  for (std::size_t size = 0; size < header; ++size)
    for (bool known : {true, false}) {
      FakeHost host;
      load_types(host);
      host.add_file("model.gguf", whole.substr(0, size)).size_known = known;
      EXPECT_NE(parse(host, "format.gguf"), MS_OK) << size;
      EXPECT_FALSE(host.failure.empty()) << size;
    }
}

TEST(Gguf, AHugeCountIsNeverAllocated) {
  FakeHost host;
  load_types(host);
  host.add_sparse_file("model.gguf", head(1ull << 40, 0), 1ull << 50);  // as many as the file's size allows
  EXPECT_NE(parse(host, "format.gguf"), MS_OK);
  std::uint64_t read = 0;
  for (const auto& r : host.reads) read += r.size;
  EXPECT_LE(read, 1u << 20);
  EXPECT_THAT(host.failure, HasSubstr("tensor '' is there twice"));
}

}  // namespace
}  // namespace formats
