// modelsig/kit/message.hpp - a message of a rule with expressions in braces: "{heads} heads over {plan.tp} ranks".
#pragma once
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "../model.hpp"
#include "scalar.hpp"

namespace ms::kit {

class Message {
 public:
  Message() = default;
  Message(const Call& call, std::string_view text, std::string_view at) {
    for (std::size_t open; (open = text.find('{')) != text.npos;) {
      const std::size_t close = text.find('}', open);
      if (close == text.npos) break;
      parts_.emplace_back(text.substr(0, open), call.expression(text.substr(open + 1, close - open - 1), at));
      text.remove_prefix(close + 1);
    }
    parts_.emplace_back(text, nullptr);
  }
  // lookup(name, writer)
  template <class Lookup>
  std::string show(const Call& call, Lookup&& lookup) const {
    std::string out;
    for (const auto& [text, expression] : parts_) {
      out += text;
      if (!expression) continue;
      try {
        out += Scalar::of(call.evaluate(expression, lookup)).show();
      } catch (const Told&) {
        out += "?";
      }
    }
    return out;
  }

 private:
  std::vector<std::pair<std::string, const ms_expression*>> parts_;  // text, and what stands behind it
};

}  // namespace ms::kit
