// Cuts the text of a line or an expression into tokens. A name may hold dots and {holes}, so a path is one token.
#pragma once
#include <cstdint>
#include <stdexcept>
#include <string>
#include <string_view>

namespace modelsig::families {

// What is wrong with a text and where in it (bytes from its beginning). Whoever knows the file adds file:line:column.
class SyntaxError : public std::runtime_error {
 public:
  SyntaxError(const std::string& text, std::size_t offset) : std::runtime_error(text), offset_(offset) {}
  std::size_t offset() const { return offset_; }

 private:
  std::size_t offset_;
};

struct Token {
  enum class Kind : std::uint8_t { end, integer, decimal, text, word, name, symbol };  // word: a reserved name
  Kind kind = Kind::end;
  std::string_view text;   // without the quotes of a text
  std::size_t offset = 0;
  bool is(std::string_view t) const { return (kind == Kind::symbol || kind == Kind::word) && text == t; }
};

class Lexer {
 public:
  static constexpr std::size_t kMaxLength = 4096;

  explicit Lexer(std::string_view text);  // throws SyntaxError; `text` must outlive the lexer and its tokens

  const Token& peek() const { return current_; }
  const Token& peek_second() const { return next_; }
  Token take();
  bool accept(std::string_view symbol) {  // takes it if it is next
    const bool next = current_.is(symbol);
    if (next) take();
    return next;
  }
  void expect(std::string_view symbol);  // throws SyntaxError if it is not next
  [[noreturn]] void unexpected(const std::string& wanted) const;  // "expected <wanted>, found <next token>"
  std::string_view source() const { return text_; }

 private:
  Token scan();
  std::string_view text_;
  std::size_t at_ = 0;
  Token current_, next_;
};

inline bool is_digit(char c) { return c >= '0' && c <= '9'; }  // whatever the locale
bool is_reserved(std::string_view word);
std::string in_quotes(std::string_view text);  // 'text', for messages

}  // namespace modelsig::families
