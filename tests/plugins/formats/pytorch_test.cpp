// PyTorch files that are sound: names, shapes, dtypes, places; which files are read, with how many requests.
#include <gtest/gtest.h>

#include "format_run.hpp"
#include "torch_bytes.hpp"

namespace formats {
namespace {

using namespace torch;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

constexpr const char* PYTORCH = "format.pytorch";
constexpr const char* BIN = "pytorch_model.bin";
using Shape = std::vector<std::uint64_t>;

Value options(std::initializer_list<const char*> allow = {}) {
  const auto list = [](std::initializer_list<const char*> texts) {
    Value out = Value::list();
    for (const char* t : texts) out.items.emplace_back(t);
    return out;
  };
  return Value::object({{"state", list({"state_dict", "model"})}, {"ignore", list({"training_args", "optimizer"})}, {"allow", list(allow)}});
}
ms_status parse_torch(FakeHost& host, std::initializer_list<const char*> allow = {}) { return parse(host, PYTORCH, options(allow)); }
int probe_torch(FakeHost& host) { return probe(host, PYTORCH, options()); }

TEST(PyTorch, AStateDictOfAZipArchive) {
  FakeHost host;
  host.add_file(BIN, file(dict({{"embed.weight", tensor(storage("BFloat16Storage", "0", 12), {4, 3}, {3, 1})},
                                {"norm.weight", tensor(storage("FloatStorage", "1", 3), {3}, {1})},
                                {"steps", tensor(storage("LongStorage", "2", 1), {}, {})}}),
                          {{"0", 24}, {"1", 12}, {"2", 8}}));
  EXPECT_EQ(probe_torch(host), 80);
  ASSERT_EQ(parse_torch(host), MS_OK) << host.failure;
  ASSERT_THAT(names(host), ElementsAre("embed.weight", "norm.weight", "steps"));
  EXPECT_EQ(host.tensors[0].dtype, "torch.bfloat16");
  EXPECT_EQ(host.tensors[0].shape, (Shape{4, 3}));
  EXPECT_EQ(host.tensors[0].size, 24u);
  EXPECT_EQ(host.tensors[1].dtype, "torch.float32");
  EXPECT_EQ(host.tensors[2].shape, Shape{});
  EXPECT_THAT(host.problems, IsEmpty());
}

TEST(PyTorch, ABigFileOf64BitSizesIsReadInThreeRoundTripsAndAFewKilobytes) {
  FakeHost host;
  const std::string weights = file(dict({{"w", tensor(storage("FloatStorage", "0", 1'000'000), {1000, 1000}, {1000, 1})}}), {{"0", 4'000'000}}, true);
  host.add_file("model.pt", weights).size_known = false;
  EXPECT_EQ(probe_torch(host), 60);
  ASSERT_EQ(parse_torch(host), MS_OK) << host.failure;
  EXPECT_THAT(names(host), ElementsAre("w"));
  EXPECT_EQ(host.reads.back().batch, 2u);
  std::uint64_t bytes = 0;
  for (const auto& read : host.reads) bytes += read.size;
  EXPECT_LT(bytes, 70'000u);
}

TEST(PyTorch, ADeflatedPickleAndADirectoryFarFromTheEnd) {
  std::vector<Entry> entries{{"x/data.pkl", pickle(dict({{"w", tensor(storage("HalfStorage", "0", 2), {2}, {1})}})), true}, {"x/data/0", "abcd"}};
  for (int i = 0; i < 1000; ++i) entries.push_back({"x/" + std::string(80, 'n') + std::to_string(i), ""});
  FakeHost host;
  host.add_file(BIN, zip(entries));
  ASSERT_EQ(parse_torch(host), MS_OK) << host.failure;
  EXPECT_THAT(names(host), ElementsAre("w"));
}

TEST(PyTorch, SeveralTensorsInOneStorageAndATiedOne) {
  const std::string s = storage("FloatStorage", "0", 12);
  FakeHost host;
  host.add_file(BIN, file(dict({{"embed", tensor(s, {4, 3}, {3, 1})}, {"row", tensor(s, {3}, {1}, 9)}, {"turned", tensor(s, {3, 4}, {1, 3})}, {"head", tensor(s, {4, 3}, {3, 1})}}), {{"0", 48}}));
  ASSERT_EQ(parse_torch(host), MS_OK) << host.failure;
  ASSERT_THAT(names(host), ElementsAre("embed", "row", "turned", "head"));
  EXPECT_EQ(host.tensors[3].of, "embed");
  EXPECT_EQ(host.tensors[3].flags, MS_TENSOR_SHARED);
  EXPECT_EQ(host.tensors[2].of, "");
}

TEST(PyTorch, ParametersNewDtypesAndTensorsWithoutStorage) {
  const std::string f8 = global("torch._utils", "_rebuild_tensor_v3") +
                         tuple({tuple({text("storage"), global("torch.storage", "UntypedStorage"), text("0"), text("cpu"), number(6)}) + "Q", number(0), sizes({2, 3}), sizes({3, 1}), "\x89",
                                global("collections", "OrderedDict") + ")R", global("torch", "float8_e4m3fn")}) + "R";
  const std::string meta = global("torch._utils", "_rebuild_meta_tensor_no_storage") + tuple({global("torch", "float11_new"), sizes({5}), sizes({1}), "\x89"}) + "R";
  const std::string parameter = global("torch._utils", "_rebuild_parameter") + tuple({tensor(storage("DoubleStorage", "1", 2), {2}, {1}), "\x88", "N"}) + "R";
  FakeHost host;
  host.add_file(BIN, file(dict({{"f8", f8}, {"meta", meta}, {"parameter", parameter}}), {{"0", 6}, {"1", 16}}));
  ASSERT_EQ(parse_torch(host), MS_OK) << host.failure;
  ASSERT_THAT(names(host), ElementsAre("f8", "meta", "parameter"));
  EXPECT_EQ(host.tensors[0].dtype, "torch.float8_e4m3fn");
  EXPECT_EQ(host.tensors[1].dtype, "torch.float11_new");
  EXPECT_EQ(host.tensors[2].dtype, "torch.float64");
  EXPECT_THAT(host.problems, ElementsAre(IsProblem(MS_INFO, "meta", HasSubstr("dtype 'torch.float11_new' has no known size here"))));
}

TEST(PyTorch, ATrainingCheckpointGivesTheModelAndNamesTheRest) {
  const std::string w = tensor(storage("FloatStorage", "0", 1), {1}, {1});
  FakeHost host;
  host.add_file("last.pth", file(dict({{"epoch", number(3)}, {"model", dict({{"w", w}, {"b", w}})}, {"opt", dict({{"m", w}, {"v", w}})}}), {{"0", 4}}));
  ASSERT_EQ(parse_torch(host), MS_OK) << host.failure;
  EXPECT_THAT(names(host), ElementsAre("w", "b"));
  EXPECT_THAT(host.problems, ElementsAre(IsProblem(MS_INFO, "last.pth", HasSubstr("2 tensors more under 'opt'"))));
}

TEST(PyTorch, NestedDictionariesWithoutAUsualEntryAreNamedByTheirPath) {
  const std::string w = tensor(storage("FloatStorage", "0", 1), {1}, {1});
  FakeHost host;
  host.add_file("a.pt", file(dict({{"encoder", dict({{"w", w}})}, {"parts", "](" + w + w + "e"}}), {{"0", 4}}));
  ASSERT_EQ(parse_torch(host), MS_OK) << host.failure;
  EXPECT_THAT(names(host), ElementsAre("encoder.w", "parts.0", "parts.1"));
}

TEST(PyTorch, ALegacyFileIsReadFromItsBeginning) {
  const std::string body = dict({{"w", tensor(tuple({text("storage"), global("torch", "FloatStorage"), text("94"), text("cpu"), number(4), "N"}) + "Q", {2, 2}, {2, 1})},
                                 {"b", tensor(tuple({text("storage"), global("torch", "HalfStorage"), text("95"), text("cpu"), number(2), "N"}) + "Q", {1}, {1}, 1)}});
  FakeHost host;
  const std::string bytes = legacy(body, "](" + text("94") + text("95") + "e", le(4, 8) + std::string(16, 'w') + le(2, 8) + "..bb");
  host.add_file(BIN, bytes);
  ASSERT_EQ(parse_torch(host), MS_OK) << host.failure;
  ASSERT_THAT(names(host), ElementsAre("w", "b"));
  EXPECT_EQ(bytes.substr(host.tensors[0].offset, host.tensors[0].size), std::string(16, 'w'));
  EXPECT_EQ(bytes.substr(host.tensors[1].offset, host.tensors[1].size), "bb");
}

TEST(PyTorch, ShardsByTheirIndexAndAMissingOneIsNamed) {
  FakeHost host;
  host.add_file("pytorch_model-00001-of-00002.bin", small("a"));
  host.add_file("pytorch_model.bin.index.json", R"({"metadata":{},"weight_map":{"a":"pytorch_model-00001-of-00002.bin","b":"pytorch_model-00002-of-00002.bin","c":"../x.bin"}})");
  EXPECT_EQ(probe_torch(host), 80);
  ASSERT_EQ(parse_torch(host), MS_OK) << host.failure;
  EXPECT_THAT(names(host), ElementsAre("a"));
  EXPECT_THAT(host.problems, ElementsAre(IsProblem(MS_ERROR, "pytorch_model-00002-of-00002.bin", HasSubstr("for 1 tensor (first: 'b'), but is not there: download it")),
                                         IsProblem(MS_ERROR, "pytorch_model.bin.index.json", HasSubstr("leads out of the model's folder"))));
}

TEST(PyTorch, ManyShardsAreThreeRoundTrips) {
  FakeHost host;
  for (int i = 1; i <= 9; ++i) host.add_file("pytorch_model-0000" + std::to_string(i) + "-of-00009.bin", small("t" + std::to_string(i)));
  ASSERT_EQ(parse_torch(host), MS_OK) << host.failure;
  EXPECT_EQ(host.tensors.size(), 9u);
  EXPECT_EQ(host.reads.back().batch, 2u);
}

TEST(PyTorch, WithoutAnIndexMissingPartsAreNamed) {
  FakeHost host;
  host.add_file("pytorch_model-00002-of-00003.bin", small("b"));
  ASSERT_EQ(parse_torch(host), MS_OK) << host.failure;
  EXPECT_THAT(host.problems, ElementsAre(IsProblem(MS_ERROR, "pytorch_model-*.bin", HasSubstr("1 of 3 shards are here, missing: 1, 3"))));
}

TEST(PyTorch, SafetensorsWinsWhereBothAreThereUnlessAFileIsChosen) {
  FakeHost host;
  host.add_file("model.safetensors", "");
  host.add_file(BIN, small("a"));
  EXPECT_LT(probe_torch(host), probe(host));
  host.select = BIN;
  EXPECT_GT(probe_torch(host), probe(host));
}

TEST(PyTorch, FilesOfATrainingRunAndForeignBinFilesAreNoCheckpoint) {
  FakeHost host;
  host.add_file("optimizer.pt", small("m"));
  host.add_file("training_args.bin", small("m"));
  host.add_file("vocabulary.bin", "hello, these are words");
  EXPECT_EQ(probe_torch(host), 0);
  host.add_file("weights.bin", small("w"));
  EXPECT_EQ(probe_torch(host), 40);
}

}  // namespace
}  // namespace formats
