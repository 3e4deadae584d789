// The tree behind an Expression: nodes in one array, children as ranges of another, so a copy is cheap and nothing recurses to free.
#pragma once
#include <span>
#include <vector>

#include "core/families/expression.hpp"
#include "core/value/value.hpp"

namespace modelsig::families {

enum class Op : std::uint8_t {
  literal, name, list,
  fuse, choose, either, both, negate, equal, differ, less, at_most, more, at_least, within, otherwise,  // | if or and not == != < <= > >= in ??
  add, subtract, multiply, divide, floor_divide, modulo, minus, index, length, round_up_divide, maximum, minimum
};

struct Node {
  Op op = Op::literal;
  std::uint8_t depth = 1;
  std::uint32_t first = 0, count = 0;   // children: links[first, first + count)
  std::uint32_t begin = 0, size = 0;    // of a name or a text: bytes of Ast::text
  Value value;                          // of a literal that is no text
};

struct Expression::Ast {
  std::string text;                     // names and texts
  std::vector<Node> nodes;
  std::vector<std::uint32_t> links;

  std::span<const std::uint32_t> children(const Node& n) const { return {links.data() + n.first, n.count}; }
  const Node& child(const Node& n, std::size_t i) const { return nodes[links[n.first + i]]; }
  std::string_view string(const Node& n) const { return std::string_view(text).substr(n.begin, n.size); }
  bool is_text(const Node& n) const { return n.op == Op::literal && n.value.is(Kind::string); }
  Value constant(const Node& n) const { return is_text(n) ? Value::text(string(n)) : n.value; }

  // throws SyntaxError when the tree gets deeper than Expression::kMaxDepth
  std::uint32_t add(Op op, std::span<const std::uint32_t> kids, std::size_t offset = 0);
  std::uint32_t add_name(std::string_view name);
  std::uint32_t add_literal(const Value& value);
  std::uint32_t copy(const Ast& other, std::uint32_t root);  // the subtree, appended

  std::string show(std::uint32_t root, const Lookup* decide, int outer = -1) const;
  Value evaluate(std::uint32_t root, const Lookup& lookup) const;
};

}  // namespace modelsig::families
