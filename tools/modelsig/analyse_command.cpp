// The main job: models in, report out.
#include <cstdio>

#include "core/pipeline/analyse.hpp"
#include "core/pipeline/compare.hpp"
#include "core/report/report.hpp"
#include "tools/modelsig/app.hpp"

namespace modelsig::cli {

namespace {

std::vector<Target> targets_of(const Options& o) {
  std::vector<std::string> arguments = o.models;
  if (o.command == "run") arguments.insert(arguments.begin(), o.arguments.begin() + 1, o.arguments.end());
  std::vector<Target> out;
  if (!o.local.empty() && arguments.empty()) arguments.push_back("local:" + o.local);
  else if (!o.local.empty()) {  // the first model's files are there, its name stays
    Target t = Target::parse("local:" + o.local);
    t.argument = t.label = arguments.front();
    out.push_back(t);
    arguments.erase(arguments.begin());
  }
  for (const std::string& a : arguments) out.push_back(Target::parse(a));
  return out;
}

}  // namespace

int analyse_command(App& app) {
  if (app.options.command == "run") app.options.pipeline = app.options.arguments.front();
  const Pipeline pipeline = app.pipeline();
  std::vector<Target> targets = targets_of(app.options);
  if (targets.empty()) throw Error("no model was named: give paths or hub names behind the pipeline");
  assign_ids(targets, pipeline.labels == "unique");
  if (app.options.trust_remote_code) app.console.note("--trust-remote-code has no effect: nothing remote is ever executed here");

  Plan plan(pipeline, app.registry(), pipeline.flags);
  const std::string format = app.options.output.empty() ? pipeline.format : app.options.output;
  plan.formatter(format);  // a wrong --output is said before anything is read
  const LoadedKnowledge loaded = app.knowledge(pipeline);
  const Knowledge known = loaded.view();
  const auto fast = pipeline.flags.find("fast");
  const Analysis analysis{plan, app.session, known, fast != pipeline.flags.end() && fast->second};

  std::vector<std::unique_ptr<Fingerprint>> models(targets.size());
  std::vector<std::unique_ptr<Error>> errors(targets.size());
  std::atomic<std::size_t> done{0};
  if (!app.options.quiet) app.console.progress(app.progress.models(0, targets.size()));
  app.session.parallel(targets.size(), [&](std::size_t i) {
    try {
      models[i] = analysis.run(targets[i]);
    } catch (const Error& error) {
      errors[i] = std::make_unique<Error>(error);
    }
    if (!app.options.quiet) app.console.progress(app.progress.models(++done, targets.size()));
  });
  for (const auto& error : errors)
    if (error) throw Error(*error);

  Report report = Report::build(plan, app.session, known, std::move(models), app.options.compare || targets.size() > 1);
  app.console.clear();
  const std::string save = app.options.save.empty() ? pipeline.save : app.options.save;
  if (save.empty()) {
    const auto print = [](std::string_view text) {
      if (std::fwrite(text.data(), 1, text.size(), stdout) != text.size()) throw Error("stdout cannot be written");
    };
    report.format(plan, app.session, format, print);
    if (std::fflush(stdout) != 0) throw Error("stdout cannot be written");
  } else {
    std::string text;
    report.format(plan, app.session, format, [&](std::string_view chunk) { text += chunk; });
    save_file(save, text);
    app.console.note("saved to " + save);
  }
  report.complain(app.options.quiet ? std::function<void(const std::string&)>() : [&](const std::string& t) { app.console.warning(t); });
  return report.complete() ? kOk : kIncomplete;
}

}  // namespace modelsig::cli
