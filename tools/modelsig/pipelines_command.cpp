#include <cstdio>

#include "core/pipeline/plan.hpp"
#include "tools/modelsig/app.hpp"

namespace modelsig::cli {

namespace {

void print_step(const Step& step) {
  std::printf("  %-11s %-18s %s", std::string(role_kind_name(step.kind)).c_str(), step.id.c_str(), step.use.c_str());
  if (!step.section.empty()) std::printf("  -> %s", step.section.c_str());
  if (!step.when.empty()) std::printf("  (when %s)", step.when.c_str());
  std::printf("\n");
  for (const auto& [key, option] : step.with) std::printf("  %-11s   %s, set in %s\n", "", key.c_str(), option.file->where(*option.value).c_str());
}

}  // namespace

int pipelines_command(App& app) {
  const std::string& command = app.options.command;
  if (command == "pipelines list") {
    for (const std::string& name : app.dirs.names("pipelines")) {
      const Pipeline p = Pipeline::load(app.dirs, name);
      std::printf("%-14s %s\n", name.c_str(), p.summary.c_str());
    }
    return kOk;
  }
  const Pipeline p = Pipeline::load(app.dirs, app.options.arguments.front());
  Plan plan(p, app.registry(), p.flags);
  TestPlan(p.plan, *RuleSet::load(p.rules));
  if (command == "pipelines check") {
    std::printf("%s: %zu steps, %zu rule files, no mistake found\n", p.path.c_str(), p.steps.size(), p.rules.size());
    return kOk;
  }
  std::printf("%s: %s\n%s\n\nSteps\n", p.name.c_str(), p.summary.c_str(), p.path.c_str());
  for (const Step& step : p.steps) print_step(step);
  std::printf("\nFlags\n");
  for (const auto& [name, value] : p.flags) std::printf("  %-18s %s\n", name.c_str(), value ? "on" : "off");
  for (const auto& [name, said] : p.plan) std::printf("%s  %-18s set in %s\n", name == p.plan.begin()->first ? "\nPlan\n" : "", name.c_str(), said.file->where(*said.value).c_str());
  std::printf("\nRules, later ones win\n");
  for (const auto& path : p.rules) std::printf("  %s\n", path.c_str());
  return kOk;
}

}  // namespace modelsig::cli
