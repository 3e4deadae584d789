// What every command needs: options, configuration folders, plugins, console.
#pragma once
#include <atomic>
#include <memory>

#include "core/families/family_library.hpp"
#include "core/host/knowledge.hpp"
#include "core/host/registry.hpp"
#include "core/host/session.hpp"
#include "core/pipeline/config_dirs.hpp"
#include "core/pipeline/pipeline.hpp"
#include "core/pipeline/test_plan.hpp"
#include "core/rules/rule_set.hpp"
#include "core/value/snapshot.hpp"
#include "tools/modelsig/console.hpp"
#include "tools/modelsig/exit_codes.hpp"
#include "tools/modelsig/options.hpp"
#include "tools/modelsig/progress_line.hpp"

namespace modelsig::cli {

// rules, families and plan of a pipeline, loaded and checked
struct LoadedKnowledge {
  std::shared_ptr<const RuleSet> rules;
  std::unique_ptr<FamilyLibrary> families;
  std::unique_ptr<TestPlan> plan;
  Knowledge view() const { return {rules.get(), families.get(), plan->table()}; }
};

struct App {
  Snapshot snapshot;  // first: what the others read goes through it
  Options options;
  Console console;
  ProgressLine progress;
  ConfigDirs dirs;
  Session session;

  App(Options o, const std::filesystem::path& binary, const std::atomic<bool>* stop);
  ~App() { snapshot.save(); }
  Registry& registry();  // found on first use
  // the pipeline that was asked for, with --rules, --set, --plan and the flags of the command line applied
  Pipeline pipeline();
  LoadedKnowledge knowledge(const Pipeline& pipeline) const;
  FamilyLibrary families() const;

 private:
  std::unique_ptr<Registry> registry_;
};

int analyse_command(App& app);           // no subcommand, and "run"
int plugins_command(App& app);
int pipelines_command(App& app);
int rules_command(App& app);
int rules_learn(App& app);               // of rules_command
// Whole models: [[expect]] rules of this file that the report of their models does not live up to, a sentence each.
std::vector<std::string> expectations(App& app, const RuleSet& rules, const std::filesystem::path& file);
bool same_value(const Value& a, const Value& b);  // members called "at" left out
int families_command(App& app);
int make_checkpoint_command(App& app);
int new_command(App& app);
int config_command(App& app);

// Writes beside the file and renames: a reader sees the old file or the new one. Throws Error.
void save_file(const std::filesystem::path& path, std::string_view text);

}  // namespace modelsig::cli
