#include "core/families/expression.hpp"

#include <gtest/gtest.h>

#include "core/families/lexer.hpp"
#include "core/value/error.hpp"
#include "tests/support/json_value.hpp"

namespace modelsig::testing {
namespace {

const char* const kConfig = R"({"heads": 32, "kv_heads": 8, "head_dim": 128, "rate": 1.5, "name": "abc", "on": true, "off": false, "zero": 0,
  "types": ["full", "sliding"], "pattern": "M*-E", "big": 9223372036854775807, "huge": 18446744073709551615, "nothing": null, "empty": []})";

std::string result(const std::string& text) {
  static const auto config = parse_json(kConfig);
  const auto look = [&](std::string_view n) { return config->root()[n]; };
  try {
    return Expression::describe(Expression::parse(text).evaluate(look));
  } catch (const Error& e) {
    return std::string("error: ") + e.what();
  } catch (const families::SyntaxError& e) {
    return "column " + std::to_string(e.offset() + 1) + ": " + e.what();
  }
}

std::string shown(const std::string& text) { return Expression::parse(text).show(); }

TEST(Expression, Calculates) {
  EXPECT_EQ(result("heads*head_dim"), "4096");
  EXPECT_EQ(result("heads*head_dim | kv_heads*head_dim | kv_heads*head_dim"), "6144");
  EXPECT_EQ(result("2 + 3*4 - 10//3"), "11");
  EXPECT_EQ(result("-7 // 2"), "-4");
  EXPECT_EQ(result("-7 % 3"), "2");
  EXPECT_EQ(result("cdiv(7, 2) + max(1, 5, 3) + min(4, 2)"), "11");
  EXPECT_EQ(result("rate*heads // 1"), "48");
  EXPECT_EQ(result("len(types) + len(pattern)"), "6");
}

TEST(Expression, DecidesConditions) {
  EXPECT_EQ(result("on and not off"), "true");
  EXPECT_EQ(result("nothing ?? 5"), "5");
  EXPECT_EQ(result("absent ?? nothing ?? 7"), "7");
  EXPECT_EQ(result("1 if zero else 2"), "2");
  EXPECT_EQ(result("'full' in types and 'local' not in types"), "true");
  EXPECT_EQ(result("'M*' in pattern"), "true");
  EXPECT_EQ(result("types[1] == 'sliding'"), "true");
  EXPECT_EQ(result("pattern[1]"), "'*'");
  EXPECT_EQ(result("types[2]"), "not set");
  EXPECT_EQ(result("heads in [1, 32]"), "true");
  EXPECT_EQ(result("not empty"), "true");
}

TEST(Expression, RefusesWhatIsNoNumber) {
  EXPECT_EQ(result("absent*2"), "error: absent is not set");
  EXPECT_EQ(result("name*2"), "error: name is 'abc', not a number");
  EXPECT_EQ(result("on + 1"), "error: on is true, not a number");
  EXPECT_EQ(result("heads/(kv_heads + 1)"), "error: heads/(kv_heads + 1): 32 is not a multiple of 9");
  EXPECT_EQ(result("1.0*64/head_dim"), "0.5");
  EXPECT_EQ(result("1.0*256/head_dim"), "2");
  EXPECT_EQ(result("heads // zero"), "error: heads//zero: division by zero, zero is 0");
  EXPECT_EQ(result("big + 1"), "error: big + 1 is more than 64 bits");
  EXPECT_EQ(result("big*big"), "error: big*big is more than 64 bits");
  EXPECT_EQ(result("huge + 1"), "error: huge is 18446744073709551615, more than can be counted");
  EXPECT_EQ(result("1 in name"), "error: name is 'abc', not a list");
}

TEST(Expression, SaysWhereATextIsWrong) {
  EXPECT_EQ(result("heads *"), "column 8: expected a value, found the end");
  EXPECT_EQ(result("heads # 2"), "column 7: '#' has no meaning here");
  EXPECT_EQ(result("1 < 2 < 3"), "column 7: comparisons do not chain, join them with 'and'");
  EXPECT_EQ(result("median(1)"), "column 1: no function 'median'; there are len, cdiv, max, min");
  EXPECT_EQ(result("'open"), "column 1: this text has no closing quote");
  EXPECT_EQ(result("99999999999999999999"), "column 1: more than 64 bits");
  EXPECT_EQ(result(std::string(100, '(') + "1" + std::string(100, ')')).substr(0, 34), "column 65: nested deeper than 64");
  EXPECT_NE(result(std::string(5000, '1')).find("longer than 4096"), std::string::npos);
}

TEST(Expression, ShowsItselfWithOnlyTheBracketsItNeeds) {
  EXPECT_EQ(shown("((heads))*(head_dim|head_dim)"), "heads*(head_dim | head_dim)");
  EXPECT_EQ(shown("a-(b-c)-d"), "a - (b - c) - d");
  EXPECT_EQ(shown("(a+b)*c/(d*e)"), "(a + b)*c/(d*e)");
  EXPECT_EQ(shown("x not in ['a', 'b'] and not y"), "x not in ['a', 'b'] and not y");
  EXPECT_EQ(shown("(a if b else c) + 1"), "(a if b else c) + 1");
  EXPECT_EQ(shown("a if b else c if d else e"), "a if b else c if d else e");
  // shown text means the same: parsed and shown again it does not change
  for (const char* text : {"not (a and b)", "-(a + b)*c", "(a ?? b) == c", "a ?? (b ?? c)", "(a | b)*c | d", "f[i + 1] == 'x' or (b and c)"})
    EXPECT_EQ(shown(shown(text)), shown(text));
}

TEST(Expression, ShowsOnlySizesOnceConditionsAreDecided) {
  const auto config = parse_json(kConfig);
  const auto look = [&](std::string_view n) { return config->root()[n]; };
  EXPECT_EQ(Expression::parse("heads*(head_dim if on else 1)").show(look), "heads*head_dim");
  EXPECT_EQ(Expression::parse("(nothing ?? kv_heads)*head_dim").show(look), "kv_heads*head_dim");
}

TEST(Expression, TakesNamesApartAndReplacesThem) {
  const Expression e = Expression::parse("from*2 + to | from");
  EXPECT_EQ(e.names(), (std::vector<std::string_view>{"from", "to"}));
  EXPECT_EQ(e.parts().size(), 2u);
  const Expression with = Expression::parse("a | b");
  EXPECT_EQ(e.substitute([&](std::string_view n) { return n == "from" ? &with : nullptr; }).show(), "(a | b)*2 + to | (a | b)");
}

}  // namespace
}  // namespace modelsig::testing
