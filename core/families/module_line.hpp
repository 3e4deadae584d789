// One line of a family: what stands at a path.
//
//   line   = role ":" ( kind "(" args ")" | tensor ) clause*
//   tensor = [ DTYPE ] "[" shape "]"
//   clause = "when" expr | "over" "[" expr, ... "]" | "as" ClassName | "same as" path [ "if" expr ]
//   args   = ( expr | name "=" expr ) separated by "," or "->"
#pragma once
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "core/families/expression.hpp"

namespace modelsig::families {

// A tensor as kinds, schemes and bare lines write it: `F32 [to, from] when bias`.
struct TensorSpec {
  std::string dtype;                 // empty: the caller's default
  std::vector<Expression> shape;
  Expression when;

  static TensorSpec parse(std::string_view text);  // throws SyntaxError
  static TensorSpec parse(Lexer& lexer);           // without the condition; the rest stays
};

struct ModuleLine {
  std::string_view role;             // as written; of the text that was parsed
  std::size_t role_offset = 0;
  std::string_view kind;             // empty: a bare tensor
  std::size_t kind_offset = 0;
  std::vector<Expression> positional;
  std::vector<std::pair<std::string_view, Expression>> named;
  TensorSpec tensor;                 // of a bare tensor
  Expression when;
  std::optional<std::vector<Expression>> over;
  std::string_view class_name;
  std::string_view same_as;          // path whose tensors these are
  Expression same_if;                // empty with same_as: always

  static ModuleLine parse(std::string_view text);  // throws SyntaxError; `text` must outlive the line
};

std::vector<Expression> parse_shape(Lexer& lexer);   // "[" expr, ... "]"
std::vector<Expression> parse_shape(std::string_view text);

}  // namespace modelsig::families
