#include "tools/modelsig/app.hpp"

#include <modelsig/abi.h>

#include <algorithm>

#include "core/host/host_table.hpp"
#include "tools/modelsig/linked_plugins.hpp"

namespace modelsig::cli {

App::App(Options o, const std::filesystem::path& binary, const std::atomic<bool>* stop)
    : snapshot(Snapshot::usual_file()),
      options(std::move(o)),
      console(Console::wants_color(options.no_color, Console::tty_err())),
      dirs(ConfigDirs::standard(binary)),
      session(options.threads, stop) {
  session.on_log = [this](int level, std::string_view step, std::string_view text) {
    const std::string line = std::string(step) + ": " + std::string(text);
    if (level >= MS_WARN && !options.quiet) console.warning(line);
    else if (options.verbose) console.note(line);
  };
  session.on_progress = [this](std::string_view step, std::uint64_t done, std::uint64_t total) {
    if (!options.quiet) console.progress(progress.step(step, done, total));
  };
}

Registry& App::registry() {
  if (!registry_) {
    PluginSearch search = PluginSearch::from_environment(options.plugin_dirs);
    search.linked = linked_plugins();
    for (const auto& folder : dirs.organisation()) search.organisation.push_back(folder / "plugins");
    registry_ = std::make_unique<Registry>(host_table(), discover(search));
    if (!options.quiet) {
      for (const auto& warning : registry_->discovery().warnings) console.warning(warning);
      for (const auto& refusal : registry_->discovery().refusals) console.warning(refusal.sentence());
    }
  }
  return *registry_;
}

// Built-in < organisation < pipeline < command line. Only where the default set is in use: the reference pipeline answers
// as the tool it is compared with, whoever runs it.
static void lay_organisation_rules(const ConfigDirs& dirs, std::vector<std::filesystem::path>& rules) {
  const auto builtin = [&](const std::filesystem::path& file) { return file.parent_path() == dirs.dirs().back() / "rules"; };
  if (std::find(rules.begin(), rules.end(), dirs.find("rules", "default")) == rules.end()) return;
  auto at = std::find_if(rules.rbegin(), rules.rend(), builtin).base();
  if (at == rules.begin()) at = std::find(rules.begin(), rules.end(), dirs.find("rules", "default")) + 1;
  for (const auto& file : dirs.organisation_rules())
    if (std::find(rules.begin(), rules.end(), file) == rules.end()) at = rules.insert(at, file) + 1;
}

Pipeline App::pipeline() {
  Pipeline p = Pipeline::load(dirs, options.pipeline.empty() ? "default" : options.pipeline);
  lay_organisation_rules(dirs, p.rules);
  for (const std::string& file : options.rules) p.rules.push_back(dirs.find("rules", file));
  const auto set_where_known = [&](const std::string& option, const std::string& value) {
    for (Step& step : p.steps) {
      const RoleManifest* role = registry().find(step.use);
      if (!role || !role->find(option)) continue;
      const auto file = TomlFile::parse("v = " + value, "--" + option);
      p.files.push_back(file);
      step.with[option] = {&file->root()["v"], file};
    }
  };
  set_where_known("color", Console::wants_color(options.no_color, Console::tty_out() && options.save.empty()) ? "true" : "false");
  if (const std::size_t width = options.save.empty() ? Console::width_out() : 0) set_where_known("width", std::to_string(width));
  if (options.timeout) set_where_known("timeout", std::to_string(options.timeout));
  if (options.offline) set_where_known("offline", "true");
  if (!options.token.empty()) {
    if (options.token.find_first_of("'\n\r") != std::string::npos) throw Error("--token: holds a quote or a line break, so it is no token");
    set_where_known("token", "'" + options.token + "'");
  }
  for (const std::string& assignment : options.set) p.set(assignment);
  for (const std::string& assignment : options.plan) p.set_plan(assignment);
  if (!p.plan.empty() && p.flags.contains("plan")) p.flags["plan"] = true;
  if (options.fast) p.flags["fast"] = true;
  if (options.multi_fidelity) p.flags["multi_fidelity"] = true;
  if (options.quant_path) p.flags["quant_path"] = true;
  if (!options.layer_sig) p.flags["layer_sig"] = false;
  return p;
}

FamilyLibrary App::families() const { return FamilyLibrary(dirs.all("rules/families")); }

LoadedKnowledge App::knowledge(const Pipeline& pipeline) const {
  LoadedKnowledge out{RuleSet::load(pipeline.rules), nullptr, nullptr};
  if (pipeline.families) out.families = std::make_unique<FamilyLibrary>(dirs.all("rules/families"));
  out.plan = std::make_unique<TestPlan>(pipeline.plan, *out.rules);
  return out;
}

}  // namespace modelsig::cli
