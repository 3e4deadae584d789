// The one expression language: sizes, conditions and names of families, gap rules and other rules.
//
//   expr = cond ( "|" cond )*                       parts of a fused axis; its size is their sum
//   cond = or [ "if" or "else" cond ]               or, and, not, == != < <= > >= in, not in, ??, + -, * / // %
//   atom = integer | decimal | 'text' | true | false | none | name | atom "[" expr "]" | "[" expr, ... "]" | "(" expr ")"
//        | len(x) | cdiv(a, b) | max(a, ...) | min(a, ...)
//
// Total: no loops, no recursion beyond the text's own depth, no user functions. Whole numbers are checked for 64 bits,
// `/` must divide exactly unless a side is a decimal, `//` rounds down, cdiv up; none, false, 0 and the empty text or list are false; an index out of
// range gives none. A boolean is not a number.
#pragma once
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "core/value/toml_file.hpp"
#include "core/value/value.hpp"

namespace modelsig::families {

class Lexer;

class Expression {
 public:
  // A name's value. Texts and lists it returns must live until evaluate returns, or as long as its result is used.
  using Lookup = std::function<Value(std::string_view)>;
  static constexpr unsigned kMaxDepth = 64;

  Expression() = default;                                   // empty: nothing was written
  static Expression parse(std::string_view text);           // throws SyntaxError (lexer.hpp) with the offset in the text
  static Expression parse(const TomlFile& file, const Value& text);  // throws Error "file:line:column: ..."
  static Expression parse(Lexer& lexer);                    // as far as it reaches; the rest stays
  static Expression literal(const Value& value);            // scalars, and lists of an outliving document

  explicit operator bool() const { return ast_ != nullptr; }
  Value evaluate(const Lookup& lookup) const;               // throws Error, one sentence naming the part that is wrong
  bool holds(const Lookup& lookup) const { return truth(evaluate(lookup)); }
  std::uint64_t size(const Lookup& lookup) const;           // evaluated, and checked to be a size: whole, not negative

  std::string show() const;                                 // as text, normalised spacing, only the brackets that are needed
  std::string show(const Lookup& lookup) const;             // with its conditions (`if`, `??`) decided: only sizes remain
  std::vector<std::string_view> names() const;              // each once, in order of appearance
  bool is_name(std::string_view name) const;
  std::vector<Expression> parts() const;                    // of a fused axis `a | b`; itself if it is not fused

  // names replaced by expressions; a null result leaves the name
  Expression substitute(const std::function<const Expression*(std::string_view)>& replacement) const;

  static bool truth(const Value& value);
  static std::string describe(const Value& value);          // for messages: "not set", "'abc'", "3"
  static bool equal(const Value& a, const Value& b);

  struct Ast;                                               // expression_ast.hpp

 private:
  Expression(std::shared_ptr<const Ast> ast, std::uint32_t root) : ast_(std::move(ast)), root_(root) {}
  std::shared_ptr<const Ast> ast_;
  std::uint32_t root_ = 0;
};

}  // namespace modelsig::families

namespace modelsig {
using families::Expression;
}
