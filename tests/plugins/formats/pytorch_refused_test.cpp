// PyTorch files that are refused: code, damage, bombs. Each with a sentence that names the file; nothing is run.
#include <gtest/gtest.h>

#include "format_run.hpp"
#include "torch_bytes.hpp"

namespace formats {
namespace {

using namespace torch;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

const std::string W = tensor(storage("FloatStorage", "0", 4), {4}, {1});

std::string with_pickle(const std::string& bytes) { return zip({{"a/data.pkl", bytes}, {"a/data/0", std::string(16, '\0')}}); }
std::string changed(std::string bytes, std::string_view what, std::string_view with) {
  for (std::size_t at = bytes.find(what); at != std::string::npos; at = bytes.find(what, at + with.size())) bytes.replace(at, what.size(), with);
  return bytes;
}
std::string bomb() {
  std::string bytes = zip({{"a/data.pkl", std::string(1'000'000, 'N'), true}});
  return changed(bytes, le(1'000'000, 4), le(5'000, 4));
}
std::string laughs() {  // every dictionary holds the one before it twice
  std::string body = dict({{"w", W}}) + "q\x01";
  for (int i = 1; i < 200; ++i) body += "0}(" + text("a") + "h" + le(static_cast<std::uint64_t>(i), 1) + text("b") + "h" + le(static_cast<std::uint64_t>(i), 1) + "uq" + le(static_cast<std::uint64_t>(i + 1), 1);
  return pickle(body);
}

struct RefusedPyTorch { const char* situation; std::string file; const char* sentence; };
const RefusedPyTorch PYTORCH_CASES[] = {
    {"OsSystem", with_pickle(pickle(global("os", "system") + tuple({text("touch /tmp/owned")}) + "R")), "at byte 2: it names 'os.system', which no plain checkpoint needs: refused, nothing was run"},
    {"PosixSystemInADict", with_pickle(pickle(dict({{"w", W}, {"x", global("posix", "system") + tuple({text("id")}) + "R"}}))), "it names 'posix.system'"},
    {"Eval", with_pickle(pickle(global("builtins", "eval") + tuple({text("1")}) + "R")), "it names 'builtins.eval'"},
    {"EvalByStackGlobal", with_pickle(pickle(text("builtins") + text("exec") + "\x93" + tuple({text("1")}) + "R")), "it names 'builtins.exec'"},
    {"AFunctionOfTorchThatOpensFiles", with_pickle(pickle(global("torch", "load") + tuple({text("x")}) + "R")), "it names 'torch.load'"},
    {"ADottedName", with_pickle(pickle(global("torch._utils", "_rebuild_tensor_v2.__globals__"))), "it names 'torch._utils._rebuild_tensor_v2.__globals__'"},
    {"TheInnerFunctionOfFromType", with_pickle(pickle(global("torch._tensor", "_rebuild_from_type_v2") + tuple({global("torch._tensor", "_rebuild_from_type_v2"), global("torch", "Tensor"), ")", "N"}) + "R")), "wants to call"},
    {"AStorageClassThatIsCalled", with_pickle(pickle(global("torch", "FloatStorage") + ")R")), "'torch.FloatStorage' is called"},
    {"AnOldInstance", with_pickle(pickle("(ios\nsystem\n")), "makes an object of a class in the way of old pickles"},
    {"TheCopyregRegistry", with_pickle(pickle("\x82\x01")), "copyreg"},
    {"AWholeModel", with_pickle(pickle(global("transformers.models.bert", "BertModel") + ")\x81")), "Save the state_dict() only"},
    {"AnUnknownInstruction", with_pickle(pickle("\xff")), "0xff is no instruction"},
    {"ACutPickle", with_pickle("\x80\x02}("), "its pickle 'a/data.pkl' ends in the middle"},
    {"AnEmptyStack", with_pickle(pickle("0")), "taken from an empty stack"},
    {"AMarkThatIsMissing", with_pickle(pickle("}u")), "a mark is missing"},
    {"AMemoThatIsMissing", with_pickle(pickle("h\x05")), "memo 5 is used before it is set"},
    {"TwoValuesAtTheEnd", with_pickle(pickle("}}")), "with 2 values on its stack"},
    {"NoTensors", with_pickle(pickle("}")), "holds no tensor"},
    {"ItemsOfANumber", with_pickle(pickle(number(1) + "(" + text("a") + "Nu")), "items are set in something that is no dictionary"},
    {"AStackWithoutEnd", with_pickle(pickle(std::string(1'100'000, '('))), "the stack grows past 1048576 values"},
    {"AShapeThatIsNegative", with_pickle(pickle(dict({{"w", tensor(storage("FloatStorage", "0", 4), {-4}, {1})}}))), "no whole number from 0 on"},
    {"MoreStridesThanAxes", with_pickle(pickle(dict({{"w", tensor(storage("FloatStorage", "0", 4), {4}, {1, 1})}}))), "1 axes and 2 strides"},
    {"PastItsStorage", with_pickle(pickle(dict({{"w", tensor(storage("FloatStorage", "0", 4), {4}, {1}, 1)}}))), "tensor 'w' reaches past the 16 bytes of its storage '0'"},
    {"AnExtentPast64Bits", with_pickle(pickle(dict({{"w", tensor(storage("FloatStorage", "0", 4), {2, 2}, {INT64_MAX, INT64_MAX})}}))), "reaches past"},
    {"ElementsPast64Bits", with_pickle(pickle(dict({{"w", tensor(storage("FloatStorage", "0", 4), {INT64_MAX, INT64_MAX}, {0, 0})}}))), "more elements than 64-bit numbers can count"},
    {"AStorageThatIsMissing", with_pickle(pickle(dict({{"w", tensor(storage("FloatStorage", "7", 4), {4}, {1})}}))), "the storage '7', which the file does not have"},
    {"AStorageOfAnotherSize", with_pickle(pickle(dict({{"w", tensor(storage("FloatStorage", "0", 5), {4}, {1})}}))), "should hold 5 elements of 4 bytes, it has 16 bytes"},
    {"ATagThatIsNoStorage", with_pickle(pickle(tuple({text("module"), global("torch", "FloatStorage"), text("0"), text("x"), number(1)}) + "Q")), "the code of a whole model"},
    {"TorchScript", zip({{"a/data.pkl", pickle("}")}, {"a/constants.pkl", ""}}), "is a TorchScript program"},
    {"AnotherZip", zip({{"word/document.xml", "<x/>"}}), "is a zip archive without a data.pkl"},
    {"TwoPickles", zip({{"a/data.pkl", pickle("}")}, {"b/data.pkl", pickle("}")}}), "has two pickles"},
    {"TwoEntriesOfOneName", zip({{"a/data.pkl", pickle("}")}, {"a/data.pkl", pickle("}")}}), "two entries 'a/data.pkl'"},
    {"AZipBomb", bomb(), "unpacks to more than the 5000 bytes that the directory says: a zip bomb"},
    {"ASizeThatDeflateCannotReach", changed(zip({{"a/data.pkl", std::string(100'000, 'N'), true}}), le(100'000, 4), le(100'000'000, 4)), "more than deflate can"},
    {"APickleOverTheLimit", changed(zip({{"a/data.pkl", std::string(100'000, 'N'), true}}), le(100'000, 4), le(4'000'000'000, 4)), "more than the limit of 134217728 (option max_pickle)"},
    {"AWrongChecksum", changed(with_pickle(pickle(dict({{"w", W}}))), "storage", "ztorage"), "its checksum is wrong"},
    {"ACutZip", with_pickle(pickle(dict({{"w", W}}))).substr(0, 300), "is cut short: a zip archive ends in a directory"},
    {"AnEncryptedEntry", changed(zip({{"a/data.pkl", "}."}}), "PK\x01\x02" + le(20, 2) + le(20, 2) + le(0, 2), "PK\x01\x02" + le(20, 2) + le(20, 2) + le(1, 2)), "is encrypted"},
    {"AnotherCompression", changed(zip({{"a/data.pkl", "}.", true}}), le(20, 2) + le(0, 2) + le(8, 2), le(20, 2) + le(0, 2) + le(99, 2)), "is compressed with method 99"},
    {"ALegacyFileCutShort", legacy(dict({{"w", W}}), "](" + text("0") + "e", le(4, 8) + "1234"), "is cut short: its storage '0' of 4 elements"},
    {"ALegacyFileCutInItsPickle", legacy(dict({{"w", W}}), "](" + text("0") + "e", "").substr(0, 120), "ends in the middle of a pickle"},
    {"APickleOfSomethingElse", pickle(dict({{"lr", number(1)}})), "is a Python pickle, but none of PyTorch"},
    {"ALegacyFileThatRunsCode", pickle(global("nt", "system") + tuple({text("x")}) + "R"), "it names 'nt.system'"},
    {"SharedDictionariesWithoutEnd", with_pickle(laughs()), "nested deeper than 64 levels"},
    {"OneByte", "x", "is no PyTorch file"},
    {"Empty", "", "is empty"},
    {"AnLfsPointer", "version https://git-lfs.github.com/spec/v1\n", "run 'git lfs pull'"},
};

class PyTorchRefused : public ::testing::TestWithParam<RefusedPyTorch> {};
INSTANTIATE_TEST_SUITE_P(Cases, PyTorchRefused, ::testing::ValuesIn(PYTORCH_CASES), [](const auto& test) { return std::string(test.param.situation); });

TEST_P(PyTorchRefused, FailsWithASentenceThatNamesTheFile) {
  FakeHost host;
  host.add_file("pytorch_model.bin", GetParam().file);
  EXPECT_EQ(parse(host, "format.pytorch"), MS_DATA_LOSS);
  EXPECT_THAT(host.failure, HasSubstr("pytorch_model.bin: "));
  EXPECT_THAT(host.failure, HasSubstr(GetParam().sentence));
  EXPECT_THAT(host.tensors, IsEmpty());
}

TEST(PyTorchAllowed, ANameOfTheAllowListIsPassedOver) {
  FakeHost host;
  host.add_file("pytorch_model.bin", with_pickle(pickle(dict({{"w", W}, {"args", global("argparse", "Namespace") + ")\x81" + dict({{"lr", number(1)}}) + "b"}}))));
  Value allow = Value::list();
  allow.items.emplace_back("argparse.Namespace");
  ASSERT_EQ(parse(host, "format.pytorch", Value::object({{"allow", allow}})), MS_OK) << host.failure;
  EXPECT_THAT(names(host), ::testing::ElementsAre("w"));
}

TEST(PyTorchAllowed, CancelledMeansCancelled) {
  FakeHost host;
  host.add_file("pytorch_model.bin", small("w"));
  host.cancelled = true;
  EXPECT_EQ(parse(host, "format.pytorch"), MS_CANCELLED);
}

}  // namespace
}  // namespace formats
