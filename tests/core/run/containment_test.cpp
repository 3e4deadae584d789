// A plugin that misbehaves costs its own section, nothing else, and the report says what it did.
#include "tests/core/run/run_support.hpp"

namespace modelsig {
namespace {

const std::string kHead = "[[store]]\nuse = 'store.memory'\n";

std::string misbehaving(const std::string& how) {
  test::Runner runner;
  auto fp = runner.analyse(kHead + "[[layer]]\nuse = 'layer.misbehaves'\nwith = { how = '" + how + "' }\n[[layer]]\nuse = 'layer.fine'\n");
  EXPECT_TRUE((*fp->find("fine")).boolean()) << "the step behind it did not run";
  EXPECT_FALSE(fp->find("complete")->boolean());
  return test::text_of(*fp, "layer.misbehaves");
}

TEST(Containment, ExceptionIsTheStepsFailure) { EXPECT_EQ(misbehaving("throw"), "thrown on purpose"); }
TEST(Containment, NonStandardException) { EXPECT_EQ(misbehaving("throw 7"), "threw something that is not a std::exception"); }
TEST(Containment, ErrorWithoutText) { EXPECT_EQ(misbehaving("no text"), "layer.misbehaves failed with status 4 and gave no reason"); }
TEST(Containment, DocumentLeftOpen) { EXPECT_EQ(misbehaving("leave open"), "layer.misbehaves emitted no valid document: 1 containers were left open"); }
TEST(Containment, NothingWritten) { EXPECT_EQ(misbehaving("nothing"), "layer.misbehaves emitted no valid document: nothing was written"); }
TEST(Containment, NanEmitted) { EXPECT_EQ(misbehaving("nan"), "layer.misbehaves emitted no valid document: a number is not finite (NaN or infinity)"); }
TEST(Containment, NoObjectAndNoSection) { EXPECT_EQ(misbehaving("no object"), "layer.misbehaves emitted no object, and its step names no section to put it under"); }
TEST(Containment, ReadWithoutAFile) { EXPECT_EQ(misbehaving("unknown range"), "read() without a file"); }

TEST(Containment, ExceptionStraightThroughTheCTable) {
  test::Runner runner;
  auto fp = runner.analyse(kHead + "[[layer]]\nuse = 'layer.throws_through'\n[[layer]]\nuse = 'layer.fine'\n");
  EXPECT_NE(fp->find("fine"), nullptr);
  EXPECT_EQ(test::text_of(*fp, "layer.throws_through"), "layer.throws_through let something escape through its C table that is not a std::exception");
}

TEST(Containment, SameKeyTwiceNamesTheStep) {
  test::Runner runner;
  auto fp = runner.analyse(kHead + "[[layer]]\nuse = 'layer.fine'\n[[layer]]\nuse = 'layer.misbehaves'\nwith = { how = 'same key' }\n");
  EXPECT_EQ(test::text_of(*fp, "layer.misbehaves"), "layer.misbehaves emitted 'fine', which the fingerprint already has; give the step a section of its own");
}

TEST(Containment, ReadOutsideTheFile) {
  test::Runner runner;
  auto fp = runner.analyse(kHead + "[[format]]\nuse = 'format.reads_outside'\n");
  EXPECT_EQ(test::text_of(*fp, "format.reads_outside"), "data: bytes 8 to 28 were asked for, the file has 10");
  EXPECT_TRUE((*fp->find("complete")).is(Kind::boolean));
  EXPECT_FALSE(fp->find("complete")->boolean());
}

TEST(Containment, AFormatIsNotAskedWhereNoFileHasItsSuffix) {
  test::Runner runner;
  auto fp = runner.analyse(kHead + "[[format]]\nuse = 'format.never'\n");  // reads "*.never", the one file is "data"
  EXPECT_EQ(test::text_of(*fp, "format.never"), "");
  EXPECT_EQ(test::text_of(*fp, "formats"), "no file here that any format of the pipeline can read");
}

TEST(Containment, StepThatCannotBeCreated) {
  test::Runner runner;
  auto fp = runner.analyse(kHead + "[[layer]]\nuse = 'layer.cannot_be_created'\n");
  EXPECT_EQ(test::text_of(*fp, "layer.cannot_be_created"), "layer.cannot_be_created could not be created: the licence server is away");
}

TEST(Containment, CancelledRunThrowsAndWritesNothing) {
  test::Runner runner;
  std::atomic<bool> stop{true};
  Session session(1, &stop);
  const Pipeline p = runner.pipeline(kHead + "[[layer]]\nuse = 'layer.fine'\n");
  Plan plan(p, *runner.registry, p.flags);
  const auto rules = RuleSet::parse("", "none.toml");
  const Knowledge known{rules.get(), nullptr};
  try {
    Analysis{plan, session, known}.run(Target::parse("memory://model"));
    FAIL();
  } catch (const Error& error) {
    EXPECT_EQ(error.status(), MS_CANCELLED);
  }
}

}  // namespace
}  // namespace modelsig
