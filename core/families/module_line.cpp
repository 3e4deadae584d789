#include "core/families/module_line.hpp"

#include <algorithm>

#include "core/families/lexer.hpp"

namespace modelsig::families {

namespace {
constexpr std::size_t kMaxAxes = 16;

void finish(Lexer& lexer, const char* wanted) {
  if (lexer.peek().kind != Token::Kind::end) lexer.unexpected(wanted);
}

Token name(Lexer& lexer, const char* wanted) {
  if (lexer.peek().kind != Token::Kind::name) lexer.unexpected(wanted);
  return lexer.take();
}

void arguments(Lexer& lexer, ModuleLine& line) {
  lexer.expect("(");
  while (!lexer.accept(")")) {
    if (lexer.peek().kind == Token::Kind::name && lexer.peek_second().is("=")) {
      const Token key = lexer.take();
      lexer.expect("=");
      for (const auto& [given, value] : line.named)
        if (given == key.text) throw SyntaxError(in_quotes(key.text) + " is given twice", key.offset);
      line.named.emplace_back(key.text, Expression::parse(lexer));
    } else {
      if (!line.named.empty()) throw SyntaxError("an argument without a name cannot follow one with a name", lexer.peek().offset);
      line.positional.push_back(Expression::parse(lexer));
    }
    if (!lexer.accept(",") && !lexer.accept("->")) {
      lexer.expect(")");
      break;
    }
  }
}

void clauses(Lexer& lexer, ModuleLine& line) {
  const auto once = [&](bool given) {
    if (given) throw SyntaxError("this clause is given twice", lexer.peek().offset);
  };
  while (lexer.peek().kind != Token::Kind::end) {
    if (lexer.peek().is("when")) {
      once(static_cast<bool>(line.when));
      lexer.take();
      line.when = Expression::parse(lexer);
    } else if (lexer.peek().is("over")) {
      once(line.over.has_value());
      lexer.take();
      line.over = parse_shape(lexer);
    } else if (lexer.peek().is("as")) {
      once(!line.class_name.empty());
      lexer.take();
      line.class_name = name(lexer, "a class name").text;
    } else if (lexer.peek().is("same")) {
      once(!line.same_as.empty());
      lexer.take();
      lexer.expect("as");
      line.same_as = name(lexer, "a path").text;
      if (lexer.accept("if")) line.same_if = Expression::parse(lexer);
    } else lexer.unexpected("when, over, as, same as or the end");
  }
}

}  // namespace

std::vector<Expression> parse_shape(Lexer& lexer) {
  std::vector<Expression> out;
  lexer.expect("[");
  while (!lexer.accept("]")) {
    if (out.size() == kMaxAxes) throw SyntaxError("more than " + std::to_string(kMaxAxes) + " axes", lexer.peek().offset);
    out.push_back(Expression::parse(lexer));
    if (!lexer.accept(",")) {
      lexer.expect("]");
      break;
    }
  }
  return out;
}

std::vector<Expression> parse_shape(std::string_view text) {
  Lexer lexer(text);
  auto out = parse_shape(lexer);
  finish(lexer, "the end");
  return out;
}

TensorSpec TensorSpec::parse(Lexer& lexer) {
  TensorSpec out;
  if (lexer.peek().kind == Token::Kind::name) out.dtype = lexer.take().text;
  out.shape = parse_shape(lexer);
  return out;
}

TensorSpec TensorSpec::parse(std::string_view text) {
  Lexer lexer(text);
  TensorSpec out = parse(lexer);
  if (lexer.accept("when")) out.when = Expression::parse(lexer);
  finish(lexer, "when or the end");
  return out;
}

ModuleLine ModuleLine::parse(std::string_view text) {
  Lexer lexer(text);
  ModuleLine line;
  const Token role = name(lexer, "a role, as in 'attn.q: linear(...)'");
  line.role = role.text;
  line.role_offset = role.offset;
  lexer.expect(":");
  line.kind_offset = lexer.peek().offset;
  if (lexer.peek().kind == Token::Kind::name && lexer.peek_second().is("(")) {
    line.kind = lexer.take().text;
    arguments(lexer, line);
  } else if (lexer.peek().is("[") || lexer.peek_second().is("[")) {
    line.tensor = TensorSpec::parse(lexer);
  } else lexer.unexpected("a kind, as in 'linear(a -> b)', or a shape, as in '[a, b]'");
  clauses(lexer, line);
  return line;
}

}  // namespace modelsig::families
