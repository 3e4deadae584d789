// Recursive descent, one function a level. A comparison does not chain: `a < b < c` is refused, not misread.
#include <charconv>
#include <optional>
#include <utility>

#include "core/families/expression_ast.hpp"
#include "core/families/lexer.hpp"

namespace modelsig::families {

namespace {

class Parser {
 public:
  Parser(Lexer& lexer, Expression::Ast& ast) : lexer_(lexer), ast_(ast) {}

  std::uint32_t fuse() {
    if (++nesting_ > Expression::kMaxDepth) throw SyntaxError("nested deeper than " + std::to_string(Expression::kMaxDepth), lexer_.peek().offset);
    std::vector<std::uint32_t> parts{conditional()};
    while (lexer_.accept("|")) parts.push_back(conditional());
    --nesting_;
    return parts.size() == 1 ? parts[0] : node(Op::fuse, parts);
  }

 private:
  using Sign = std::pair<std::string_view, Op>;

  std::uint32_t node(Op op, std::vector<std::uint32_t> kids) { return ast_.add(op, kids, lexer_.peek().offset); }

  std::uint32_t conditional() {
    const std::uint32_t yes = either();
    if (!lexer_.accept("if")) return yes;
    const std::uint32_t condition = either();
    lexer_.expect("else");
    if (++nesting_ > Expression::kMaxDepth) throw SyntaxError("nested too deep", lexer_.peek().offset);
    const std::uint32_t no = conditional();
    --nesting_;
    return node(Op::choose, {yes, condition, no});
  }
  std::uint32_t either() {
    std::uint32_t a = both();
    while (lexer_.accept("or")) a = node(Op::either, {a, both()});
    return a;
  }
  std::uint32_t both() {
    std::uint32_t a = negation();
    while (lexer_.accept("and")) a = node(Op::both, {a, negation()});
    return a;
  }
  std::uint32_t negation() {
    unsigned times = 0;
    while (lexer_.accept("not")) ++times;
    std::uint32_t a = comparison();
    while (times-- > 0) a = node(Op::negate, {a});
    return a;
  }
  std::optional<Op> comparison_sign() {
    for (const auto& [sign, op] : {Sign{"==", Op::equal}, {"!=", Op::differ}, {"<", Op::less}, {"<=", Op::at_most}, {">", Op::more}, {">=", Op::at_least}, {"in", Op::within}})
      if (lexer_.accept(sign)) return op;
    return std::nullopt;
  }
  std::uint32_t comparison() {
    std::uint32_t a = otherwise();
    if (lexer_.peek().is("not")) {
      lexer_.take();
      lexer_.expect("in");
      a = node(Op::negate, {node(Op::within, {a, otherwise()})});
    } else if (const auto op = comparison_sign()) {
      a = node(*op, {a, otherwise()});
    } else return a;
    for (std::string_view sign : {"==", "!=", "<", "<=", ">", ">=", "in"})
      if (lexer_.peek().is(sign)) throw SyntaxError("comparisons do not chain, join them with 'and'", lexer_.peek().offset);
    return a;
  }
  std::uint32_t otherwise() {
    std::uint32_t a = sum();
    while (lexer_.accept("??")) a = node(Op::otherwise, {a, sum()});
    return a;
  }
  std::uint32_t sum() {
    std::uint32_t a = product();
    while (true) {
      if (lexer_.accept("+")) a = node(Op::add, {a, product()});
      else if (lexer_.accept("-")) a = node(Op::subtract, {a, product()});
      else return a;
    }
  }
  std::uint32_t product() {
    std::uint32_t a = unary();
    while (true) {
      if (lexer_.accept("*")) a = node(Op::multiply, {a, unary()});
      else if (lexer_.accept("/")) a = node(Op::divide, {a, unary()});
      else if (lexer_.accept("//")) a = node(Op::floor_divide, {a, unary()});
      else if (lexer_.accept("%")) a = node(Op::modulo, {a, unary()});
      else return a;
    }
  }
  std::uint32_t unary() {
    if (lexer_.accept("-")) {
      if (++nesting_ > Expression::kMaxDepth) throw SyntaxError("nested too deep", lexer_.peek().offset);
      const std::uint32_t a = node(Op::minus, {unary()});
      --nesting_;
      return a;
    }
    std::uint32_t a = atom();
    while (lexer_.accept("[")) {
      const std::uint32_t i = fuse();
      lexer_.expect("]");
      a = node(Op::index, {a, i});
    }
    return a;
  }
  std::vector<std::uint32_t> items(std::string_view close) {
    std::vector<std::uint32_t> out;
    while (!lexer_.accept(close)) {
      out.push_back(fuse());
      if (!lexer_.accept(",")) {
        lexer_.expect(close);
        break;
      }
    }
    return out;
  }
  std::uint32_t call(const Token& name) {
    lexer_.expect("(");
    const std::vector<std::uint32_t> args = items(")");
    const auto checked = [&](Op op, std::size_t least, std::size_t most) {
      if (args.size() < least || args.size() > most)
        throw SyntaxError(std::string(name.text) + "() does not take " + std::to_string(args.size()) + " values", name.offset);
      return node(op, args);
    };
    if (name.text == "len") return checked(Op::length, 1, 1);
    if (name.text == "cdiv") return checked(Op::round_up_divide, 2, 2);
    if (name.text == "max") return checked(Op::maximum, 1, 16);
    if (name.text == "min") return checked(Op::minimum, 1, 16);
    throw SyntaxError("no function '" + std::string(name.text) + "'; there are len, cdiv, max, min", name.offset);
  }
  std::uint32_t atom() {
    const Token& next = lexer_.peek();
    switch (next.kind) {
      case Token::Kind::integer: {
        std::int64_t v = 0;
        const Token t = lexer_.take();
        if (std::from_chars(t.text.data(), t.text.data() + t.text.size(), v).ec != std::errc()) throw SyntaxError("more than 64 bits", t.offset);
        return ast_.add_literal(Value(v));
      }
      case Token::Kind::decimal: {
        double v = 0;
        const Token t = lexer_.take();
        if (std::from_chars(t.text.data(), t.text.data() + t.text.size(), v).ec != std::errc()) throw SyntaxError("not a number", t.offset);
        return ast_.add_literal(Value(v));
      }
      case Token::Kind::text: return ast_.add_literal(Value::text(lexer_.take().text));
      case Token::Kind::name: {
        const Token t = lexer_.take();
        if (lexer_.peek().is("(")) return call(t);
        if (t.text.find_first_of("{}") != std::string_view::npos) throw SyntaxError("a name has no {braces} in an expression", t.offset);
        return ast_.add_name(t.text);
      }
      default: break;
    }
    if (lexer_.accept("true")) return ast_.add_literal(Value(true));
    if (lexer_.accept("false")) return ast_.add_literal(Value(false));
    if (lexer_.accept("none")) return ast_.add_literal(Value());
    if (lexer_.accept("[")) return node(Op::list, items("]"));
    if (lexer_.accept("(")) {
      const std::uint32_t a = fuse();
      lexer_.expect(")");
      return a;
    }
    lexer_.unexpected("a value");
  }

  Lexer& lexer_;
  Expression::Ast& ast_;
  unsigned nesting_ = 0;
};

}  // namespace

Expression Expression::parse(Lexer& lexer) {
  auto ast = std::make_shared<Ast>();
  const std::uint32_t root = Parser(lexer, *ast).fuse();
  return {std::move(ast), root};
}

Expression Expression::parse(std::string_view text) {
  Lexer lexer(text);
  Expression e = parse(lexer);
  if (lexer.peek().kind != Token::Kind::end) lexer.unexpected("the end");
  return e;
}

Expression Expression::parse(const TomlFile& file, const Value& text) {
  if (text.is(Kind::boolean) || text.is_number()) return literal(text);
  if (!text.is(Kind::string)) file.fail(text, "an expression is a text, a number or a boolean, not " + describe(text));
  try {
    return parse(text.str());
  } catch (const SyntaxError& e) {
    file.fail(text, e.what(), e.offset() + 1);
  }
}

}  // namespace modelsig::families
