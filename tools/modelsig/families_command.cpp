#include <algorithm>
#include <cstdio>

#include "core/families/module_tree.hpp"
#include "core/model/family_link.hpp"
#include "core/pipeline/analyse.hpp"
#include "core/value/nearest.hpp"
#include "tools/modelsig/app.hpp"

namespace modelsig::cli {

namespace {

int list(const FamilyLibrary& library) {
  int wrong = 0;
  for (const std::string& name : library.names()) {
    try {
      const auto family = library.load(name);
      std::string serves;
      for (const std::string& type : family->serves()) serves += (serves.empty() ? "" : ", ") + type;
      std::printf("%-22s %s\n", name.c_str(), serves.empty() ? "(only extended by others)" : serves.c_str());
    } catch (const Error& error) {
      std::printf("%-22s wrong: %s\n", name.c_str(), error.what());
      ++wrong;
    }
  }
  return wrong ? kUsage : kOk;
}

// A family as its file says it, or, given a model's folder or config.json, as that config makes it.
int show(App& app, const FamilyLibrary& library) {
  const std::string& name = app.options.arguments.front();
  auto family = library.find(name);
  if (!family) {
    const auto names = library.names();
    if (std::find(names.begin(), names.end(), name) == names.end()) throw Error("no family is called '" + name + "'" + did_you_mean(name, names));
    family = library.load(name);
  }
  std::fputs(families::module_tree(*family).c_str(), stdout);
  return kOk;
}

int check_family(App& app) {
  const std::filesystem::path file = app.options.arguments.front();
  if (!std::filesystem::is_regular_file(file)) throw Error(file.string() + ": no such file");
  auto dirs = app.dirs.all("rules/families");
  dirs.push_back(file.has_parent_path() ? file.parent_path() : std::filesystem::path("."));
  const FamilyLibrary library(dirs);
  const auto family = library.load(file.stem().string());
  std::printf("%s: no mistake found\n", file.c_str());
  return kOk;
}

int family_diff(App& app) {
  Pipeline pipeline = app.pipeline();
  pipeline.families = true;
  std::erase_if(pipeline.steps, [](const Step& s) { return s.kind == MS_LAYER; });
  Plan plan(pipeline, app.registry(), pipeline.flags);
  const LoadedKnowledge loaded = app.knowledge(pipeline);
  const Knowledge known = loaded.view();
  auto fingerprint = Analysis{plan, app.session, known}.run(Target::parse(app.options.arguments.front()));
  for (const Problem& p : fingerprint->problems().sorted())
    if (p.level >= MS_ERROR) app.console.warning(p.step + ": " + p.text);
  const FamilyLink* family = fingerprint->model->family();
  if (!family) throw Error(app.options.arguments.front() + ": no family file serves this model; 'modelsig families list' shows those there are");
  const auto result = family->check(*fingerprint->model);
  std::fputs(result.text().c_str(), stdout);
  return fingerprint->problems().incomplete() || !result.difference.exact() ? kIncomplete : kOk;
}

}  // namespace

int families_command(App& app) {
  const std::string& command = app.options.command;
  if (command == "families check") return check_family(app);
  if (command == "families diff") return family_diff(app);
  const FamilyLibrary library = app.families();
  return command == "families list" ? list(library) : show(app, library);
}

}  // namespace modelsig::cli
