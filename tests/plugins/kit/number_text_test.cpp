// Numbers as Python prints and rounds them: reports are compared as text.
#include <gtest/gtest.h>
#include <modelsig/kit/number_text.hpp>

#include <cmath>
#include <limits>

namespace ms::kit {
namespace {

TEST(Shortest, IsRecognisableAsAReal) {
  EXPECT_EQ(shortest(10000.0), "10000.0");
  EXPECT_EQ(shortest(-0.0), "-0.0");
  EXPECT_EQ(shortest(0.1), "0.1");
  EXPECT_EQ(shortest(1.0 / 3), "0.3333333333333333");
  EXPECT_EQ(shortest(-2.75), "-2.75");
}

TEST(Shortest, ExponentBelowOneTenThousandthAndFromTenToTheSixteenthOn) {
  EXPECT_EQ(shortest(1e-4), "0.0001");
  EXPECT_EQ(shortest(1e-5), "1e-05");
  EXPECT_EQ(shortest(1.25e-7), "1.25e-07");
  EXPECT_EQ(shortest(9999999999999998.0), "9999999999999998.0");
  EXPECT_EQ(shortest(1e16), "1e+16");
  EXPECT_EQ(shortest(1.5e300), "1.5e+300");
  EXPECT_EQ(shortest(std::numeric_limits<double>::denorm_min()), "5e-324");
}

TEST(Shortest, NotFinite) {
  EXPECT_EQ(shortest(INFINITY), "inf");
  EXPECT_EQ(shortest(-INFINITY), "-inf");
  EXPECT_EQ(shortest(NAN), "nan");
}

TEST(Rounded, GoesByTheExactBinaryValue) {
  EXPECT_EQ(rounded(2.675, 2), 2.67);  // 2.67499999999999982236431605997495353221893310546875
  EXPECT_EQ(rounded(0.5, 0), 0.0);     // a true tie: to even
  EXPECT_EQ(rounded(1.5, 0), 2.0);
  EXPECT_EQ(rounded(0.00005, 4), 0.0001);  // a little more than its decimal
  EXPECT_EQ(rounded(5.285714285714286, 6), 5.285714);
}

TEST(Percent, OfAShare) {
  EXPECT_EQ(percent(0.9495, 1), "95.0%");  // 94.9500000000000028 once multiplied
  EXPECT_EQ(percent(1.0, 1), "100.0%");
  EXPECT_EQ(percent(0.7333333333333333, 2), "73.33%");
}

}  // namespace
}  // namespace ms::kit
