#include "core/families/lexer.hpp"

#include <algorithm>
#include <array>

namespace modelsig::families {

namespace {

constexpr std::array<std::string_view, 13> kWords = {"if", "else", "or", "and", "not", "in", "true", "false", "none", "when", "over", "same", "as"};

bool letter(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_'; }

}  // namespace

bool is_reserved(std::string_view word) { return std::find(kWords.begin(), kWords.end(), word) != kWords.end(); }

std::string in_quotes(std::string_view text) {
  std::string out(1, '\'');  // gcc 12 warns of an overlap that isn't there in "'" + std::string(...)
  return out.append(text).append(1, '\'');
}

Lexer::Lexer(std::string_view text) : text_(text) {
  if (text.size() > kMaxLength)
    throw SyntaxError("longer than " + std::to_string(kMaxLength) + " characters, split it into derived names", kMaxLength);
  current_ = scan();
  next_ = scan();
}

Token Lexer::take() {
  const Token taken = current_;
  current_ = next_;
  if (next_.kind != Token::Kind::end) next_ = scan();
  return taken;
}

void Lexer::expect(std::string_view symbol) {
  if (!accept(symbol)) unexpected("'" + std::string(symbol) + "'");
}

void Lexer::unexpected(const std::string& wanted) const {
  const std::string found = current_.kind == Token::Kind::end ? "the end" : "'" + std::string(current_.text) + "'";
  throw SyntaxError("expected " + wanted + ", found " + found, current_.offset);
}

Token Lexer::scan() {
  while (at_ < text_.size() && (text_[at_] == ' ' || text_[at_] == '\t' || text_[at_] == '\n' || text_[at_] == '\r')) ++at_;
  const std::size_t start = at_;
  const auto here = [&](std::size_t i) { return i < text_.size() ? text_[i] : '\0'; };
  const auto token = [&](Token::Kind kind) { return Token{kind, text_.substr(start, at_ - start), start}; };
  const char c = here(at_);
  if (at_ >= text_.size()) return token(Token::Kind::end);

  if (is_digit(c)) {
    while (is_digit(here(at_))) ++at_;
    if (here(at_) != '.' || !is_digit(here(at_ + 1))) return token(Token::Kind::integer);
    ++at_;
    while (is_digit(here(at_))) ++at_;
    return token(Token::Kind::decimal);
  }
  if (c == '\'') {
    const std::size_t end = text_.find('\'', start + 1);
    if (end == std::string_view::npos) throw SyntaxError("this text has no closing quote", start);
    at_ = end + 1;
    return {Token::Kind::text, text_.substr(start + 1, end - start - 1), start};
  }
  if (letter(c) || c == '{') {
    const auto inside = [&](char x) { return letter(x) || is_digit(x) || x == '{' || x == '}'; };
    while (inside(here(at_)) || (here(at_) == '.' && inside(here(at_ + 1)))) ++at_;
    Token t = token(Token::Kind::name);
    if (is_reserved(t.text)) t.kind = Token::Kind::word;
    return t;
  }
  for (std::string_view two : {"->", "??", "//", "==", "!=", "<=", ">="})
    if (text_.substr(at_, 2) == two) {
      at_ += 2;
      return token(Token::Kind::symbol);
    }
  if (std::string_view("-+*/%<>=()[],:|").find(c) == std::string_view::npos)
    throw SyntaxError("'" + std::string(1, c) + "' has no meaning here", start);
  ++at_;
  return token(Token::Kind::symbol);
}

}  // namespace modelsig::families
