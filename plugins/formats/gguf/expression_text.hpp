// {placeholders} of a rule's expression, filled in from a header, so that the kernel's expressions can work it out:
//   {key}              a value of the metadata: under the architecture's name if it is there, else as written; a list where
//                      there is one a layer; none if there is no such key
//   {len:key}          items of an array, also of one that was passed over
//   {max:key} {first:key}   of a list, or the value itself
//   {tensor:NAME}      whether there is such a tensor;  {rows:NAME} {columns:NAME}: its outermost and innermost axis
//   {item}             of the list that the rule goes through
#pragma once
#include <string>
#include <string_view>

#include "header_reader.hpp"

namespace gguf {

class ExpressionText {
 public:
  explicit ExpressionText(const Header& header);
  // `answered` tells whether a placeholder had a value, or there was none. `item`: for {item}.
  std::string fill(std::string_view text, bool& answered, std::string_view item = {}) const;
  const Value* find(std::string_view key) const;
  std::string_view architecture() const { return architecture_; }

  static std::string literal(const Value& value);  // "none" for what has no literal

 private:
  std::string placeholder(std::string_view name, std::string_view item) const;

  const Header& header_;
  std::string architecture_;
};

}  // namespace gguf
