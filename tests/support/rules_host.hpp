// The fake host with the rules of this tree: what an operator's operands are is data.
#pragma once
#include <modelsig/testing/fake_host.hpp>

#include <algorithm>
#include <filesystem>
#include <map>
#include <string>
#include <vector>

#include "core/rules/rule_set.hpp"
#include "tests/support/paths.hpp"

namespace modelsig::testing {

using ms::testing::FakeHost;
using ms::testing::Value;

inline Value converted(const modelsig::Value& v) {
  switch (v.kind()) {
    case modelsig::Kind::null: return {};
    case modelsig::Kind::boolean: return v.boolean();
    case modelsig::Kind::integer: case modelsig::Kind::natural: return v.i64();
    case modelsig::Kind::real: return v.f64();
    case modelsig::Kind::string: return std::string(v.str());
    case modelsig::Kind::array: {
      Value out;
      out.kind = '[';
      for (const auto& item : v.items()) out.items.push_back(converted(item));
      return out;
    }
    case modelsig::Kind::object: {
      Value out = Value::object();
      for (const auto& m : v.members()) out.members.emplace_back(std::string(m.key), converted(m.value));
      return out;
    }
  }
  return {};
}

// A host whose rules are configs/rules/default.toml.
class RulesHost : public FakeHost {
 public:
  RulesHost() {
    for (const std::string_view name : set().tables()) rules.emplace(std::string(name), converted(*set().table(name)));
    match = [this](std::string_view table, std::string_view subject) -> const Value* {
      const modelsig::Value* rule = set().match(table, subject);
      if (!rule) return nullptr;
      auto [it, fresh] = matched_.try_emplace(rule);
      if (fresh) it->second = converted(*rule);
      return &it->second;
    };
  }
  const Tensor* tensor(std::string_view name) const {
    const auto it = std::find_if(tensors.begin(), tensors.end(), [&](const Tensor& t) { return t.name == name; });
    return it == tensors.end() ? nullptr : &*it;
  }

 private:
  static const modelsig::RuleSet& set() {
    static const std::vector<std::filesystem::path> files = {modelsig::testing::source_dir() / "configs/rules/default.toml"};
    static const auto rules = modelsig::RuleSet::load(files);
    return *rules;
  }
  std::map<const modelsig::Value*, Value> matched_;
};

}  // namespace modelsig::testing
