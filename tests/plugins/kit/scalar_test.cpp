// Values that reports print and comparators compare.
#include <gtest/gtest.h>
#include <modelsig/kit/scalar.hpp>
#include <modelsig/testing/fake_host.hpp>

namespace ms::kit {
namespace {

using testing::Value;

class ScalarTest : public ::testing::Test {
 protected:
  Scalar of(const Value& value) { return Scalar::of(Node(host_.table(), testing::FakeHostTable::node(&value))); }
  testing::FakeHost host_;
};

TEST_F(ScalarTest, RoundingTo32BitsIsNoDifference) {
  EXPECT_EQ(of(1e-6), of(static_cast<double>(1e-6f)));
  EXPECT_EQ(of(static_cast<double>(1e-6f)).show(), "1e-06");
  EXPECT_EQ(of(10000), of(10000.0));
  EXPECT_FALSE(of(1e-5) == of(1e-6));
  EXPECT_FALSE(of(2.5) == of(2.827));
}

TEST_F(ScalarTest, IntegersAreComparedToTheLastDigit) {
  EXPECT_FALSE(of(16777216) == of(16777217));
  EXPECT_EQ(of(100000000.0).show(), "100000000");
}

TEST_F(ScalarTest, KindsStayApart) {
  EXPECT_FALSE(of(1) == of(true));
  EXPECT_FALSE(of("1") == of(1));
  EXPECT_EQ(of(Value()), Scalar());
  EXPECT_EQ(of(Value::list({1, 2})), of(Value::list({1, 2})));
  EXPECT_FALSE(of(Value::list({1, 2})) == of(Value::list({2, 1})));
}

}  // namespace
}  // namespace ms::kit
