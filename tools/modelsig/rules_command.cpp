#include <cstdio>
#include <set>

#include "core/pipeline/analyse.hpp"
#include "tools/modelsig/app.hpp"

namespace modelsig::cli {

namespace {

// One tensor name: per table every rule that matched, the one that won first.
void print_chain(const RuleSet& rules, std::string_view name) {
  Document document;
  Builder b(document);
  rules.explain(name, b);
  const Value why = b.finish();
  std::printf("%s\n", std::string(why["abstract"].str()).c_str());
  for (const Value& table : why["tables"].items())
    for (const Value& link : table["chain"].items())
      std::printf("  %-14s %-20s %s  %s  (%s, %s)\n", std::string(table["table"].str()).c_str(), std::string(link["value"].str()).c_str(),
                  link["wins"].boolean() ? "won " : "lost", std::string(link["rule"].str()).c_str(), std::string(link["at"].str()).c_str(),
                  std::string(link["matcher"].str()).c_str());
}

int explain(App& app) {
  const Pipeline pipeline = app.pipeline();
  Plan plan(pipeline, app.registry(), pipeline.flags);
  const LoadedKnowledge loaded = app.knowledge(pipeline);
  const Knowledge known = loaded.view();
  const auto& rules = loaded.rules;
  const auto& arguments = app.options.arguments;
  if (arguments.size() > 1) {
    for (std::size_t i = 1; i < arguments.size(); ++i) print_chain(*rules, arguments[i]);
    return kOk;
  }
  const Analysis analysis{plan, app.session, known};
  auto fingerprint = analysis.run(Target::parse(arguments.front()));
  for (const Problem& p : fingerprint->problems().sorted())
    if (p.level >= MS_ERROR) app.console.warning(p.step + ": " + p.text);
  const Model& model = *fingerprint->model;
  for (std::size_t g = 0; g < model.groups(); ++g) print_chain(*rules, model.name((*model.group(g))["first"].u64()));
  return fingerprint->problems().incomplete() ? kIncomplete : kOk;
}

int test(App& app) {
  const Pipeline pipeline = app.pipeline();
  const auto rules = RuleSet::load(pipeline.rules);
  const auto failures = rules->run_tests();
  for (const auto& failure : failures) std::printf("%s\n", failure.text().c_str());
  std::printf("%zu rule files, %zu failures\n", rules->files().size(), failures.size());
  return failures.empty() ? kOk : kUsage;
}

}  // namespace

int rules_command(App& app) { return app.options.command == "rules explain" ? explain(app) : test(app); }

}  // namespace modelsig::cli
