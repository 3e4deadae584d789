// Values in Python's notation and as JSON.
#include <gtest/gtest.h>
#include <modelsig/kit/json_text.hpp>
#include <modelsig/kit/sizes.hpp>
#include <modelsig/kit/value_text.hpp>
#include <modelsig/testing/fake_host.hpp>

namespace ms::kit {
namespace {

using testing::Value;

class ValueText : public ::testing::Test {
 protected:
  Node node(const Value& value) { return {host_.table(), testing::FakeHostTable::node(&value)}; }
  testing::FakeHost host_;
};

TEST_F(ValueText, QuotesAreChosenSoThatLittleNeedsAnEscape) {
  EXPECT_EQ(quoted("plain"), "'plain'");
  EXPECT_EQ(quoted("it's"), "\"it's\"");
  EXPECT_EQ(quoted("it's \"so\""), "'it\\'s \"so\"'");
  EXPECT_EQ(quoted("tab\t\\"), "'tab\\t\\\\'");
}

TEST_F(ValueText, WhatCannotBeSeenIsEscaped) {
  EXPECT_EQ(quoted("Größe →"), "'Größe →'");
  EXPECT_EQ(quoted("\x01\x7f"), "'\\x01\\x7f'");
  EXPECT_EQ(quoted("\u200b"), "'\\u200b'");
  EXPECT_EQ(quoted("\U000e0001"), "'\\U000e0001'");
}

TEST_F(ValueText, ListsAndObjectsOnOneLine) {
  const Value value = Value::object({{"type", "linear"}, {"factor", 2.0}, {"on", Value::list({true, Value(), 3})}});
  EXPECT_EQ(notation(node(value)), "{'type': 'linear', 'factor': 2.0, 'on': [True, None, 3]}");
  EXPECT_EQ(text(node(Value("as it is"))), "as it is");
  EXPECT_EQ(text(Node(), "?"), "?");
}

TEST_F(ValueText, NothingKnownIsNoText) {
  EXPECT_EQ(known(Node()), "");
  EXPECT_EQ(known(node(Value())), "");
  EXPECT_EQ(known(node(Value::list())), "");
  EXPECT_EQ(known(node(Value(0))), "0");
}

TEST_F(ValueText, ColumnsCountCharactersNotBytes) {
  EXPECT_EQ(left("Größe", 7) + "|", "Größe  |");
  EXPECT_EQ(right("5", 3), "  5");
  EXPECT_EQ(left("too long", 3), "too long");
}

std::string json(const Node& node, std::size_t indent) {
  std::string out;
  append_json(out, node, [](std::string&) {}, indent);
  return out;
}

TEST_F(ValueText, JsonWithIndentAndEmptyContainers) {
  const Value value = Value::object({{"a", Value::list({1, 1.0, 1e-5})}, {"b", Value::object()}, {"c", Value::list()}, {"d", "q\"\\\n\x01ü"}});
  EXPECT_EQ(json(node(value), 2),
            "{\n  \"a\": [\n    1,\n    1.0,\n    1e-05\n  ],\n  \"b\": {},\n  \"c\": [],\n  \"d\": \"q\\\"\\\\\\n\\u0001ü\"\n}");
  EXPECT_EQ(json(node(value), 0), "{\"a\":[1,1.0,1e-05],\"b\":{},\"c\":[],\"d\":\"q\\\"\\\\\\n\\u0001ü\"}");
}

TEST_F(ValueText, SizesAsConfigsGiveThem) {
  EXPECT_EQ(size_of(node(Value(64))), 64);
  EXPECT_EQ(size_of(node(Value(64.9))), 64);
  EXPECT_EQ(size_of(node(Value("64"))), 64);
  EXPECT_EQ(size_of(node(Value::list({8, 16, 4}))), 16);
  EXPECT_EQ(size_of(Node()), 0);
  EXPECT_EQ(size_of(node(Value("")))   , 0);
  EXPECT_EQ(size_of(node(Value("many"))), std::nullopt);
  EXPECT_EQ(size_of(node(Value::list({8, "x"}))), std::nullopt);
  EXPECT_EQ(size_of(node(Value(1e300))), std::nullopt);
}

TEST_F(ValueText, ValuesThatAreTheSame) {
  EXPECT_TRUE(same(node(Value(1)), node(Value(1.0))));
  EXPECT_TRUE(same(node(Value(true)), node(Value(1))));
  EXPECT_TRUE(same(Node(), node(Value())));
  EXPECT_FALSE(same(node(Value("1")), node(Value(1))));
  EXPECT_TRUE(same(node(Value::object({{"a", 1}, {"b", 2}})), node(Value::object({{"b", 2}, {"a", 1}}))));
  EXPECT_FALSE(same(node(Value::list({1, 2})), node(Value::list({2, 1}))));
}

}  // namespace
}  // namespace ms::kit
