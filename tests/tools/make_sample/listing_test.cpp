// The listing format: blocks, nesting, and what is said of a mistake.
#include "tools/make_sample/listing.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace {

using modelsig::sample::parse_listing;
using ::testing::ElementsAre;

std::vector<std::string> names(std::string_view text) {
  std::vector<std::string> out;
  for (const auto& tensor : parse_listing(text, "x.listing").tensors) out.push_back(tensor.name);
  return out;
}
std::string error(std::string_view text, std::size_t max_tensors = 1000) {
  try {
    parse_listing(text, "x.listing", max_tensors);
    return "no error";
  } catch (const std::exception& e) {
    return e.what();
  }
}

TEST(Listing, NeighboursWithOnePlaceholderAreExpandedTogether) {
  EXPECT_THAT(names("range layer 0 1\nF32 first 1\nF32 l.{layer}.a 1\nF32 l.{layer}.b 1\nF32 last\nF32 l.{layer}.c 2"),
              ElementsAre("first", "l.0.a", "l.0.b", "l.1.a", "l.1.b", "last", "l.0.c", "l.1.c"));
}
TEST(Listing, BlocksNest) {
  EXPECT_THAT(names("range layer 3 4\nrange e 0 1\nF32 l.{layer}.gate\nF32 l.{layer}.x.{e}.up\nF32 l.{layer}.x.{e}.down\nF32 l.{layer}.norm"),
              ElementsAre("l.3.gate", "l.3.x.0.up", "l.3.x.0.down", "l.3.x.1.up", "l.3.x.1.down", "l.3.norm", "l.4.gate", "l.4.x.0.up",
                          "l.4.x.0.down", "l.4.x.1.up", "l.4.x.1.down", "l.4.norm"));
}
TEST(Listing, ShapeDtypeCommentAndShardSize) {
  const auto listing = parse_listing("shard_size 77 # bytes\n# nothing\n\nBF16 t 2,3 # six\nI64 scalar\n", "x");
  EXPECT_EQ(listing.shard_size, 77u);
  ASSERT_EQ(listing.tensors.size(), 2u);
  EXPECT_EQ(listing.tensors[0].dtype, "BF16");
  EXPECT_THAT(listing.tensors[0].shape, ElementsAre(2, 3));
  EXPECT_THAT(listing.tensors[1].shape, ElementsAre());
}
TEST(Listing, MistakesHaveTheirLine) {
  EXPECT_EQ(error("F32 a 1\nF32 l.{layer}.a 1"), "x.listing:2: no line 'range layer FIRST LAST' stands anywhere");
  EXPECT_EQ(error("F32 l.{layer 1"), "x.listing:1: '{' without '}' in 'l.{layer'");
  EXPECT_EQ(error("F32 a 1,x"), "x.listing:1: 'x' is not a whole number");
  EXPECT_EQ(error("\nF32"), "x.listing:2: expected 'DTYPE NAME D0,D1', 'range NAME FIRST LAST' or 'shard_size BYTES'");
  EXPECT_EQ(error("range layer 5 1"), "x.listing:1: a range goes from a smaller to a larger number, 4000000 at most");
  EXPECT_EQ(error("range a 0 9999\nrange b 0 9999\nF32 {a}.{b}"), "x.listing:3: more than 1000 tensors");
}

}  // namespace
