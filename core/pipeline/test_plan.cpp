#include "core/pipeline/test_plan.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>

#include "core/host/options.hpp"
#include "core/value/builder.hpp"
#include "core/value/nearest.hpp"

namespace modelsig {

namespace {

std::vector<std::string> ids_of(const RuleSet& rules, std::string_view table) {
  std::vector<std::string> out;
  if (const Value* found = rules.table(table))
    for (const Value& rule : found->items()) out.emplace_back(rule["id"].str());
  return out;
}

// A key of the vocabulary is described as an option of a plugin is.
OptionManifest described(const RuleSet& rules, const Value& key) {
  OptionManifest out;
  out.name = key["id"].str();
  for (const OptionType type : {OptionType::integer, OptionType::number, OptionType::boolean, OptionType::string})
    if (option_type_name(type) == key["type"].str()) out.type = type;
  out.min = key.find("min"), out.max = key.find("max");
  out.choices = ids_of(rules, "plan_" + out.name);
  for (const Value& choice : key["enum"].items()) out.choices.emplace_back(choice.str());
  return out;
}

}  // namespace

TestPlan::TestPlan(const std::map<std::string, Option>& said, const RuleSet& rules) {
  const Value* vocabulary = rules.table("plan_key");
  const std::vector<std::string> known = ids_of(rules, "plan_key");
  Builder out(document_);
  out.begin('[');
  for (const auto& [name, option] : said) {
    const Value& value = *option.value;
    if (known.empty()) option.file->fail_key(value, "the rules of this pipeline know no plan (no table 'plan_key')");
    const auto key = std::find(known.begin(), known.end(), name);
    if (key == known.end())
      option.file->fail_key(value, fmt::format("a plan has no '{}'{} ({})", name, did_you_mean(name, known), fmt::join(known, ", ")));
    const OptionManifest takes = described(rules, vocabulary->at(static_cast<std::size_t>(key - known.begin())));
    const auto check = [&, &name = name, &option = option](const Value& one) {
      if (const std::string why = refuse_value(takes, one); !why.empty()) option.file->fail(one, fmt::format("'{}' of the plan {}", name, why));
    };
    const bool list = value.is(Kind::array);
    if (list && (value.size() == 0 || value.size() > kMaxValues))
      option.file->fail(value, fmt::format("'{}' of the plan has {} values, expected 1 to {}", name, value.size(), kMaxValues));
    if (!list) check(value);
    for (const Value& one : value.items()) check(one);

    out.begin('{');
    out.member("id", std::string_view(name));
    out.key("values");
    if (list) out.copy(value);
    else out.begin('['), out.copy(value), out.end();
    out.member("at", std::string_view(option.file->where(value)));
    out.end();
  }
  out.end();
  document_.set_root(out.finish());
}

}  // namespace modelsig
