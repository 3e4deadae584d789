// Mistakes in a pipeline file: file:line:column, what was found, what is allowed, the nearest name.
#include "tests/core/run/run_support.hpp"

namespace modelsig {
namespace {

std::string mistake(const std::string& text) { return test::Runner().mistake(text); }

TEST(Pipeline, UnknownTopLevelKey) {
  EXPECT_EQ(mistake("sumary = 'x'\n"),
            "p.toml:1:1: a pipeline file has no 'sumary', did you mean 'summary'? (summary, extends, rules, families, policy, plan, flags, store, format, layer, "
            "comparator, advisor, formatter, report, output, models, errors, limits)");
}
TEST(Pipeline, StepsWrittenAsATable) {
  EXPECT_EQ(mistake("[layer]\nuse = 'layer.fine'\n"), "p.toml:1:1: steps are written as [[layer]], their order counts");
}
TEST(Pipeline, UnknownPlugin) {
  EXPECT_EQ(mistake("[[layer]]\nuse = 'layer.fyne'\n"),
            "p.toml:2:7: no plugin offers 'layer.fyne', did you mean 'layer.fine'? (installed: layer.asks_families, layer.cannot_be_created, layer.fine, "
            "layer.ignores_cancellation, layer.misbehaves, layer.throws_through, layer.waits; see 'modelsig plugins list')");
}
TEST(Pipeline, RoleOfAnotherKind) {
  EXPECT_EQ(mistake("[[layer]]\nuse = 'store.memory'\n"), "p.toml:2:7: 'store.memory' is no layer: its name would begin with 'layer.'");
}
TEST(Pipeline, UnknownOption) {
  EXPECT_EQ(mistake("[[layer]]\nuse = 'layer.fine'\nwith = { limmit = 3 }\n"), "p.toml:3:10: layer.fine has no option 'limmit', did you mean 'limit'? (limit)");
}
TEST(Pipeline, OptionOutOfRange) {
  EXPECT_EQ(mistake("[[layer]]\nuse = 'layer.fine'\nwith = { limit = 12 }\n"), "p.toml:3:18: option 'limit' of layer.fine is 12, expected at most 9");
}
TEST(Pipeline, SameStepTwice) {
  EXPECT_EQ(mistake("[[layer]]\nuse = 'layer.fine'\n[[layer]]\nuse = 'layer.fine'\n"), "p.toml:3:1: [[layer]] 'fine' is given twice, give the second an id of its own");
}
TEST(Pipeline, UnknownFlag) {
  EXPECT_EQ(mistake("flags = { deep = false }\n[[layer]]\nuse = 'layer.fine'\nwhen = 'deeep'\n"),
            "p.toml:4:8: there is no flag 'deeep', did you mean 'deep'? (deep)");
}
TEST(Pipeline, MissingRuleFile) {
  EXPECT_NE(mistake("rules = ['nowhere']\n").find("p.toml:1:10: no 'nowhere' in "), std::string::npos);
}
TEST(Pipeline, CircularExtends) { EXPECT_NE(mistake("extends = 'p'\n").find("extend one another in a circle"), std::string::npos); }

TEST(Pipeline, ChildChangesOneOptionAndDropsAStep) {
  test::Runner runner;
  runner.folder.write("pipelines/base.toml", "[[layer]]\nuse='layer.fine'\nwith={limit=2}\n[[layer]]\nuse='layer.misbehaves'\n");
  const Pipeline p = runner.pipeline("extends='base'\n[[layer]]\nid='fine'\nwith={limit=5}\n[[layer]]\nid='misbehaves'\nremove=true\n");
  ASSERT_EQ(p.steps.size(), 1u);
  EXPECT_EQ(p.steps[0].with.at("limit").value->i64(), 5);
}

TEST(Pipeline, SetFromTheCommandLine) {
  test::Runner runner;
  Pipeline p = runner.pipeline("[[layer]]\nuse = 'layer.fine'\n[[layer]]\nuse = 'layer.misbehaves'\n");
  p.set("fine.limit=4");
  p.set("misbehaves.how=leave open");
  EXPECT_EQ(p.steps[0].with.at("limit").value->i64(), 4);
  EXPECT_EQ(p.steps[1].with.at("how").value->str(), "leave open");
  for (auto [text, expected] : {std::pair{"fyne.limit=1", "--set fyne.limit=1: pipeline 'p' has no step 'fyne', did you mean 'fine'? (fine, misbehaves)"},
                                {"limit=1", "--set limit=1: expected step.key=value, e.g. --set coverage.threshold=0.9"}}) {
    try {
      p.set(text);
      FAIL();
    } catch (const Error& error) {
      EXPECT_STREQ(error.what(), expected);
    }
  }
}

TEST(Pipeline, PolicySetsOptionsOfSteps) {
  test::Runner runner;
  runner.folder.write("policies/strict.toml", "[fine]\nlimit = 7\n");
  const Pipeline p = runner.pipeline("policy = 'strict'\n[[layer]]\nuse = 'layer.fine'\nwith = { limit = 1 }\n");
  EXPECT_EQ(p.steps[0].with.at("limit").value->i64(), 7);
}

TEST(Target, Spellings) {
  const Target hub = Target::parse("Qwen/Qwen3-8B@main#onnx/model.onnx");
  EXPECT_EQ(hub.scheme, "hf");
  EXPECT_EQ(hub.uri, "Qwen/Qwen3-8B@main");
  EXPECT_EQ(hub.select, "onnx/model.onnx");
  EXPECT_EQ(Target::parse("local:/models/7b/").label, "7b");
  EXPECT_EQ(Target::parse("/models/7b").scheme, "local");
  EXPECT_EQ(Target::parse("https://host/x.gguf").scheme, "https");
}

TEST(Target, AUrlsPasswordAndSignatureAreForTheStoreOnly) {
  const Target signed_url = Target::parse("https://me:secret@host:8443/a@b/x.gguf?sig=secret#part");
  EXPECT_EQ(signed_url.uri, "https://me:secret@host:8443/a@b/x.gguf?sig=secret");
  EXPECT_EQ(signed_url.label, "https://host:8443/a@b/x.gguf");
  EXPECT_EQ(signed_url.argument, "https://host:8443/a@b/x.gguf");
  EXPECT_EQ(signed_url.select, "part");
  EXPECT_EQ(Target::parse("hf://org/name@rev").label, "org/name@rev");
  EXPECT_EQ(Target::parse("hf://name@rev").argument, "hf://name@rev");
}

TEST(Target, EqualBasenamesStayTwoModels) {
  std::vector<Target> targets = {Target::parse("/a/model"), Target::parse("/b/model"), Target::parse("/c/other"), Target::parse("/b/model")};
  assign_ids(targets, true);
  EXPECT_EQ(targets[0].id, "/a/model");
  EXPECT_EQ(targets[1].id, "/b/model");
  EXPECT_EQ(targets[2].id, "other");
  EXPECT_EQ(targets[3].id, "/b/model (2)");
}

}  // namespace
}  // namespace modelsig
