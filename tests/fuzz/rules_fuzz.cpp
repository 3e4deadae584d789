// Any text as a rule file; what loads must also answer. Good seeds are the files of configs/rules.
#include <cstddef>
#include <cstdint>
#include <string_view>

#include "core/rules/rule_set.hpp"
#include "core/value/builder.hpp"
#include "core/value/error.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  try {
    const auto rules = modelsig::RuleSet::parse(text, "fuzz.toml");
    modelsig::Document document;
    modelsig::Builder out(document);
    out.begin('[');
    for (const std::string_view name : {text.substr(0, 200), std::string_view("model.layers.0.self_attn.q_proj.weight"), std::string_view()}) {
      rules->label(rules->abstract(name), out);
      rules->explain(name, out);
      for (const std::string_view table : rules->tables()) {
        rules->explain(table, name, out);
        if (rules->match(table, name) && rules->match_all(table, name).empty()) __builtin_trap();
      }
    }
    out.end();
    for (const auto& failure : rules->run_tests()) failure.text();
  } catch (const modelsig::Error&) {
  }
  return 0;
}
