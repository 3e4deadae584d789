#include "core/families/expression_ast.hpp"

#include <algorithm>
#include <cstdio>

#include "core/families/lexer.hpp"

namespace modelsig::families {

std::uint32_t Expression::Ast::add(Op op, std::span<const std::uint32_t> kids, std::size_t offset) {
  Node n;
  n.op = op;
  n.first = static_cast<std::uint32_t>(links.size());
  n.count = static_cast<std::uint32_t>(kids.size());
  unsigned depth = 0;
  for (std::uint32_t k : kids) depth = std::max<unsigned>(depth, nodes[k].depth);
  if (depth >= kMaxDepth) throw SyntaxError("nested deeper than " + std::to_string(kMaxDepth), offset);
  n.depth = static_cast<std::uint8_t>(depth + 1);
  links.insert(links.end(), kids.begin(), kids.end());
  nodes.push_back(n);
  return static_cast<std::uint32_t>(nodes.size() - 1);
}

std::uint32_t Expression::Ast::add_name(std::string_view name) {
  Node n;
  n.op = Op::name;
  n.begin = static_cast<std::uint32_t>(text.size());
  n.size = static_cast<std::uint32_t>(name.size());
  text.append(name);
  nodes.push_back(n);
  return static_cast<std::uint32_t>(nodes.size() - 1);
}

std::uint32_t Expression::Ast::add_literal(const Value& value) {
  std::uint32_t id = 0;
  if (value.is(Kind::string)) {
    id = add_name(value.str());
    nodes[id].op = Op::literal;
    nodes[id].value = Value::text({});  // marks the kind; the bytes are in `text`, which may move
  } else {
    Node n;
    n.value = value;
    nodes.push_back(n);
    id = static_cast<std::uint32_t>(nodes.size() - 1);
  }
  return id;
}

std::uint32_t Expression::Ast::copy(const Ast& other, std::uint32_t root) {
  const Node& n = other.nodes[root];
  if (n.op == Op::name) return add_name(other.string(n));
  if (n.op == Op::literal) return add_literal(other.constant(n));
  std::vector<std::uint32_t> kids;
  for (std::uint32_t k : other.children(n)) kids.push_back(copy(other, k));
  return add(n.op, kids);
}

namespace {

struct Style { const char* sign; int level; };  // looser operators have lower levels

Style style(Op op) {
  switch (op) {
    case Op::fuse: return {" | ", 0};
    case Op::choose: return {"", 1};
    case Op::either: return {" or ", 2};
    case Op::both: return {" and ", 3};
    case Op::negate: return {"", 4};
    case Op::equal: return {" == ", 5};
    case Op::differ: return {" != ", 5};
    case Op::less: return {" < ", 5};
    case Op::at_most: return {" <= ", 5};
    case Op::more: return {" > ", 5};
    case Op::at_least: return {" >= ", 5};
    case Op::within: return {" in ", 5};
    case Op::otherwise: return {" ?? ", 6};
    case Op::add: return {" + ", 7};
    case Op::subtract: return {" - ", 7};
    case Op::multiply: return {"*", 8};
    case Op::divide: return {"/", 8};
    case Op::floor_divide: return {"//", 8};
    case Op::modulo: return {" % ", 8};
    case Op::minus: return {"-", 9};
    default: return {"", 10};
  }
}

std::string bracketed(const std::string& text) { return std::string("(").append(text).append(")"); }

std::string quoted_list(const Value& list) {
  std::string out = "[";
  for (const Value& v : list.items()) out += (out.size() > 1 ? ", " : "") + Expression::describe(v);
  return out + "]";
}

}  // namespace

std::string Expression::describe(const Value& v) {
  switch (v.kind()) {
    case Kind::null: return "not set";
    case Kind::boolean: return v.boolean() ? "true" : "false";
    case Kind::integer: return std::to_string(v.i64());
    case Kind::natural: return std::to_string(v.u64());
    case Kind::real: {
      char text[32];
      std::snprintf(text, sizeof text, "%.12g", v.f64());
      return text;
    }
    case Kind::string: return v.size() > 40 ? in_quotes(std::string(v.str().substr(0, 37)) + "...") : in_quotes(v.str());
    case Kind::array: return v.size() > 4 ? "a list of " + std::to_string(v.size()) : quoted_list(v);
    case Kind::object: return "a table";
  }
  return {};
}

std::string Expression::Ast::show(std::uint32_t root, const Lookup* decide, int outer) const {
  const Node& n = nodes[root];
  const auto [sign, level] = style(n.op);
  const auto list = [&](const char* open, const char* close) {
    std::string out = open;
    for (std::size_t i = 0; i < n.count; ++i) out += (i ? ", " : "") + show(links[n.first + i], decide);
    return out + close;
  };
  const auto kid = [&](std::size_t i, int up) { return show(links[n.first + i], decide, up); };
  std::string out;
  switch (n.op) {
    case Op::literal: {
      const Value v = constant(n);
      if (v.is(Kind::null)) return "none";
      if (v.is(Kind::string)) return in_quotes(v.str());
      if (v.is(Kind::array)) return quoted_list(v);
      return describe(v);
    }
    case Op::name: return std::string(string(n));
    case Op::list: return list("[", "]");
    case Op::length: return list("len(", ")");
    case Op::round_up_divide: return list("cdiv(", ")");
    case Op::maximum: return list("max(", ")");
    case Op::minimum: return list("min(", ")");
    case Op::index:
      if (decide && child(n, 0).op == Op::literal) return describe(evaluate(root, *decide));
      return kid(0, 10) + "[" + kid(1, -1) + "]";
    case Op::choose:
      if (decide) return kid(truth(evaluate(links[n.first + 1], *decide)) ? 0 : 2, outer);
      out = kid(0, 2) + " if " + kid(1, 2) + " else " + kid(2, 1);
      break;
    case Op::otherwise:
      if (decide) return kid(evaluate(links[n.first], *decide).is(Kind::null) ? 1 : 0, outer);
      out = kid(0, level) + sign + kid(1, level + 1);
      break;
    case Op::negate:
      if (child(n, 0).op == Op::within) {
        const Node& in = child(n, 0);
        out = show(links[in.first], decide, 6) + " not in " + show(links[in.first + 1], decide, 6);
        return outer > 5 ? bracketed(out) : out;
      }
      out = "not " + kid(0, level);
      break;
    case Op::minus: out = std::string(1, '-').append(kid(0, level)); break;
    default:
      for (std::size_t i = 0; i < n.count; ++i) out += (i ? sign : "") + kid(i, i || n.op == Op::fuse ? level + 1 : level);
  }
  return level < outer ? bracketed(out) : out;
}

Expression Expression::literal(const Value& value) {
  auto ast = std::make_shared<Ast>();
  const std::uint32_t root = ast->add_literal(value);
  return {std::move(ast), root};
}

std::string Expression::show() const { return ast_ ? ast_->show(root_, nullptr) : std::string(); }
std::string Expression::show(const Lookup& lookup) const { return ast_ ? ast_->show(root_, &lookup) : std::string(); }

std::vector<std::string_view> Expression::names() const {
  std::vector<std::string_view> out;
  if (!ast_) return out;
  const auto walk = [&](auto&& self, std::uint32_t id) -> void {
    const Node& n = ast_->nodes[id];
    if (n.op == Op::name && std::find(out.begin(), out.end(), ast_->string(n)) == out.end()) out.push_back(ast_->string(n));
    for (std::uint32_t k : ast_->children(n)) self(self, k);
  };
  walk(walk, root_);
  return out;
}

bool Expression::is_name(std::string_view name) const {
  return ast_ && ast_->nodes[root_].op == Op::name && ast_->string(ast_->nodes[root_]) == name;
}

std::vector<Expression> Expression::parts() const {
  if (!ast_ || ast_->nodes[root_].op != Op::fuse) return {*this};
  std::vector<Expression> out;
  for (std::uint32_t k : ast_->children(ast_->nodes[root_])) out.push_back({ast_, k});
  return out;
}

Expression Expression::substitute(const std::function<const Expression*(std::string_view)>& replacement) const {
  if (!ast_) return {};
  auto out = std::make_shared<Ast>();
  const auto walk = [&](auto&& self, std::uint32_t id) -> std::uint32_t {
    const Node& n = ast_->nodes[id];
    if (n.op == Op::name) {
      const Expression* with = replacement(ast_->string(n));
      return with && *with ? out->copy(*with->ast_, with->root_) : out->add_name(ast_->string(n));
    }
    if (n.op == Op::literal) return out->add_literal(ast_->constant(n));
    std::vector<std::uint32_t> kids;
    for (std::uint32_t k : ast_->children(n)) kids.push_back(self(self, k));
    return out->add(n.op, kids);
  };
  const std::uint32_t root = walk(walk, root_);
  return {std::move(out), root};
}

}  // namespace modelsig::families
