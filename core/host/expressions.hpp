// Every expression that plugins asked for, parsed once a run: a layer asks for the same ones with each model.
#pragma once
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>

#include "core/families/expression.hpp"

namespace modelsig {

class Expressions {
 public:
  // Lives as long as this object. Throws SyntaxError. Any thread.
  const families::Expression& parsed(std::string_view text) {
    std::lock_guard guard(lock_);
    const auto it = by_text_.find(text);
    if (it != by_text_.end()) return *it->second;
    auto fresh = std::make_unique<families::Expression>(families::Expression::parse(text));
    return *by_text_.emplace(std::string(text), std::move(fresh)).first->second;
  }

 private:
  std::mutex lock_;
  std::map<std::string, std::unique_ptr<families::Expression>, std::less<>> by_text_;
};

}  // namespace modelsig
