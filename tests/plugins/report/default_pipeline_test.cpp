// The default pipeline through the real command, over the models of tests/data/reference.
#include <gmock/gmock.h>

#include "tests/reference/process.hpp"
#include "tests/reference/sparse_checkpoint.hpp"
#include "tests/support/paths.hpp"

namespace {

namespace fs = std::filesystem;
using ::testing::HasSubstr;
using ::testing::Not;

class DefaultPipeline : public ::testing::Test {
 protected:
  static Printed run(std::vector<std::string> arguments) {
    // a folder a test: ctest runs them side by side
    const fs::path own = modelsig::testing::build_dir() / "report-models" / ::testing::UnitTest::GetInstance()->current_test_info()->name();
    if (!fs::exists(own)) expand_models(modelsig::testing::source_dir() / "tests/data/reference/models", own);
    arguments.insert(arguments.begin(), {modelsig::testing::program("modelsig").string(), "--quiet"});
    return run_process(arguments, own, {"SOURCE_DATE_EPOCH=1767225600"});
  }
};

TEST_F(DefaultPipeline, TwoPathsWithOneBasenameStayTwoModels) {
  const Printed printed = run({"dense-small", "elsewhere/dense-small"});
  EXPECT_EQ(printed.status, 0);
  EXPECT_THAT(printed.out, HasSubstr("\"dense-small|elsewhere/dense-small\""));
}

TEST_F(DefaultPipeline, MissingShardIsUndeterminedAndTheExitStatusSaysSo) {
  const Printed printed = run({"shards", "dense-small", "--output", "table"});
  EXPECT_EQ(printed.status, 2);
  EXPECT_THAT(printed.out, HasSubstr("UNDETERMINED"));
  EXPECT_THAT(printed.out, HasSubstr("model A is incomplete: "));
  EXPECT_THAT(printed.out, HasSubstr("model-00003-of-00002.safetensors"));
  EXPECT_THAT(printed.out, HasSubstr("answer               Whether "));
  EXPECT_THAT(printed.out, Not(HasSubstr("ISOMORPHIC")));
  EXPECT_THAT(run({"shards", "dense-small"}).out, HasSubstr("\"confidence\": \"LOW\""));  // nor is anything else promised
}

TEST_F(DefaultPipeline, SizesWithOneEntryALayerAreCompared) {
  const Printed printed = run({"ffn-per-layer", "dense-small"});
  EXPECT_EQ(printed.status, 0);
  EXPECT_THAT(printed.out, HasSubstr("\"isomorphism\""));
}

TEST_F(DefaultPipeline, WhatOnlyPhaseTwoNeedsIsNotPrinted) {
  const Printed printed = run({"dense-small", "dense-large"});
  EXPECT_THAT(printed.out, Not(HasSubstr("template_signature")));
  EXPECT_THAT(printed.out, HasSubstr("\"provenance\""));
}

TEST_F(DefaultPipeline, PlanAndQuantPathOnlyIfAskedFor) {
  const Printed plain = run({"dense-small", "dense-large"}), full = run({"dense-small", "dense-large", "--multi-fidelity", "--quant-path"});
  EXPECT_THAT(plain.out, Not(HasSubstr("multi_fidelity_plan")));
  EXPECT_THAT(plain.out, Not(HasSubstr("quant_path_signature")));
  EXPECT_THAT(full.out, HasSubstr("\"level4_canary\""));
  EXPECT_THAT(full.out, HasSubstr("\"arch_template\": \"gqa_decoder\""));
  EXPECT_THAT(full.out, HasSubstr("\"backend\": null"));
}

TEST_F(DefaultPipeline, TableHasNoColourOffATerminal) {
  EXPECT_THAT(run({"dense-small", "--output", "table"}).out, Not(HasSubstr("\033[")));
  EXPECT_THAT(run({"dense-small", "--output", "table", "--set", "table.color=true"}).out, HasSubstr("\033[1m"));
}

TEST_F(DefaultPipeline, MarkdownNamesBothModelsAndTheVerdict) {
  const Printed printed = run({"dense-small", "experts", "--output", "markdown"});
  EXPECT_THAT(printed.out, HasSubstr("### `dense-small` | `experts`"));
  EXPECT_THAT(printed.out, HasSubstr("**NO_SUBSTITUTE**"));
  EXPECT_THAT(printed.out, HasSubstr("A cannot stand in for B: they are built of other blocks (moe-vs-dense: "));
  EXPECT_THAT(printed.out, HasSubstr("| `moe-vs-dense` | always |"));
}

}  // namespace
