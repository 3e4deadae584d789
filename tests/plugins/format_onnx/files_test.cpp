// Which file of a repository is read.
#include <gtest/gtest.h>

#include "onnx_bytes.hpp"
#include "onnx_run.hpp"

namespace onnx_test {
namespace {

struct Choice { const char* situation; Texts files; const char* select; const char* chosen; int score; };

const Choice CHOICES[] = {
    {"TheOnlyFile", {"net.onnx"}, "", "net.onnx", 70},
    {"TheBaseBeforeItsVariants", {"onnx/model_fp16.onnx", "onnx/model.onnx", "onnx/model_q4.onnx", "onnx/model_quantized.onnx"}, "", "onnx/model.onnx", 70},
    {"TheRootBeforeTheFolder", {"onnx/model.onnx", "model.onnx"}, "", "model.onnx", 70},
    {"TheMergedDecoderBeforeTheOthers", {"onnx/decoder_model.onnx", "onnx/decoder_model_merged.onnx", "onnx/decoder_with_past_model.onnx"}, "", "onnx/decoder_model_merged.onnx", 70},
    {"AModelBeforeItsParts", {"onnx/vision_model.onnx", "onnx/text_model.onnx", "onnx/model.onnx"}, "", "onnx/model.onnx", 70},
    {"OnlyVariants", {"onnx/model_q4.onnx", "onnx/model_fp16.onnx"}, "", "onnx/model_fp16.onnx", 70},
    {"AFileByName", {"onnx/model.onnx", "onnx/model_q4.onnx"}, "onnx/model_q4.onnx", "onnx/model_q4.onnx", 100},
    {"AVariantByName", {"onnx/model.onnx", "onnx/model_q4.onnx", "onnx/model_q4f16.onnx"}, "q4", "onnx/model_q4.onnx", 95},
    {"AWholeStemByName", {"onnx/encoder_model.onnx", "onnx/decoder_model.onnx"}, "encoder_model", "onnx/encoder_model.onnx", 95},
    {"AVariantThatIsNotThere", {"onnx/model.onnx"}, "q4", "", 0},
    {"AnotherFormatsFile", {"onnx/model.onnx", "model.safetensors"}, "model.safetensors", "", 0},
    {"NoOnnxAtAll", {"config.json"}, "", "", 0},
};

class OnnxFiles : public ::testing::TestWithParam<Choice> {};
INSTANTIATE_TEST_SUITE_P(Cases, OnnxFiles, ::testing::ValuesIn(CHOICES), [](const auto& test) { return std::string(test.param.situation); });

TEST_P(OnnxFiles, IsTheOneThatIsRead) {
  const Choice& c = GetParam();
  Host host;
  host.select = c.select;
  for (const std::string& name : c.files) host.add_file(name, file({.initialisers = {tensor("of " + name, {1})}}));
  EXPECT_EQ(probe(host), c.score);
  if (c.score == 0) return;
  ASSERT_EQ(parse(host), MS_OK) << host.failure;
  EXPECT_EQ(host.tensors.at(0).name, std::string("of ") + c.chosen);
  for (const auto& read : host.reads) EXPECT_EQ(read.file, c.chosen);
  if (c.files.size() > 1) {
    ASSERT_EQ(host.problems.size(), 1u);
    EXPECT_EQ(host.problems[0].level, MS_INFO);
    for (const std::string& name : c.files) {
      if (name != c.chosen) { EXPECT_THAT(host.problems[0].text, ::testing::HasSubstr(name)); }
    }
  }
}

// The files that make up one model, as "name file" in order; what is read of them is nothing yet.
Texts graphs(const Texts& files, const char* select = "", const char* genai = "") {
  Host host;
  host.select = select;
  for (const std::string& name : files) host.add_file(name, file({.initialisers = {tensor("of " + name, {1})}}));
  if (*genai) host.add_file("genai_config.json", genai);
  EXPECT_EQ(parse(host), MS_OK) << host.failure;
  EXPECT_TRUE(host.tensors.empty());
  Texts out;
  for (const Value& graph : host.parts.at("graphs").items) out.push_back(graph.find("name")->string + " " + graph.find("file")->string);
  return out;
}

TEST(OnnxFiles, SeveralGraphsAreOneModelAndTheirOtherFormsAreNot) {
  EXPECT_EQ(graphs({"onnx/decoder_model.onnx", "onnx/decoder_model_merged.onnx", "onnx/decoder_with_past_model.onnx", "onnx/encoder_model.onnx", "onnx/encoder_model_q4.onnx"}),
            Texts({"decoder onnx/decoder_model_merged.onnx", "encoder onnx/encoder_model.onnx"}));
}

TEST(OnnxFiles, AGraphOfAnUnknownNameBesideKnownOnesIsAPart) {
  EXPECT_EQ(graphs({"onnx/vision_encoder.onnx", "onnx/embed_tokens.onnx", "onnx/something.onnx", "onnx/something_fp16.onnx"}),
            Texts({"something onnx/something.onnx", "vision onnx/vision_encoder.onnx", "embeddings onnx/embed_tokens.onnx"}));
}

TEST(OnnxFiles, AVariantIsAskedOfEveryGraph) {
  EXPECT_EQ(graphs({"decoder_model.onnx", "decoder_model_q4.onnx", "encoder_model.onnx", "encoder_model_q4.onnx"}, "q4"),
            Texts({"decoder decoder_model_q4.onnx", "encoder encoder_model_q4.onnx"}));
}

TEST(OnnxFiles, GenaiSaysWhichGraphsAreTheModel) {
  EXPECT_EQ(graphs({"phi-text.onnx", "phi-embedding.onnx", "phi-vision.onnx", "other.onnx"}, "",
                   R"({"model": {"decoder": {"filename": "phi-text.onnx"}, "embedding": {"filename": "phi-embedding.onnx"}, "vision": {"filename": "phi-vision.onnx"}}})"),
            Texts({"decoder phi-text.onnx", "vision phi-vision.onnx", "embeddings phi-embedding.onnx"}));
}

TEST(OnnxFiles, OnlyARuntimeFileIsTakenUpToBeRefusedByName) {
  Host host;
  host.add_file("model.ort", std::string("\x28\0\0\0ORTM and so on", 18));
  EXPECT_EQ(probe(host), 20);
  EXPECT_EQ(parse(host), MS_UNSUPPORTED);
  EXPECT_EQ(host.failure, "model.ort: is an ONNX Runtime flatbuffer, which is not ONNX: give the .onnx file it was made from");
}

}  // namespace
}  // namespace onnx_test
