// modelsig rules learn MODEL...: a family file proposed from checkpoints, for a person to review.
#include <algorithm>
#include <cstdio>

#include "core/families/learn/learn.hpp"
#include "core/model/family_link.hpp"
#include "core/pipeline/analyse.hpp"
#include "tools/modelsig/app.hpp"

namespace modelsig::cli {

namespace {

families::learn::Sample sample_of(const std::string& name, const Model& model) {
  families::learn::Sample out{name, model.part("config"), {}};
  if (!out.config) throw Error(name + ": has no config.json, and sizes are learned from what it says");
  for (std::size_t i = 0; i < model.size(); ++i) {
    if (model.flags(i) & (MS_TENSOR_COMPANION | MS_TENSOR_CONSTANT)) continue;
    const std::string_view known_as = model.known_as(i);
    if (!known_as.starts_with('@')) out.tensors.push_back({std::string(known_as), std::string(model.dtype(i)), {model.shape(i).begin(), model.shape(i).end()}});
  }
  return out;
}

// A file is called after its model type; what a file name may not hold becomes '-'.
std::string file_name(std::string name) {
  for (char& c : name)
    if (!std::isalnum(static_cast<unsigned char>(c)) && c != '_' && c != '-' && c != '.') c = '-';
  return name;
}

}  // namespace

int rules_learn(App& app) {
  Pipeline pipeline = app.pipeline();
  pipeline.families = false;  // names as they are stored
  std::erase_if(pipeline.steps, [](const Step& s) { return s.kind == MS_LAYER; });
  Plan plan(pipeline, app.registry(), pipeline.flags);
  const LoadedKnowledge loaded = app.knowledge(pipeline);
  const Knowledge known = loaded.view();

  families::learn::Request request;
  std::vector<std::unique_ptr<Fingerprint>> models;  // the samples' configs live in them
  for (const std::string& name : app.options.arguments) {
    auto fingerprint = Analysis{plan, app.session, known}.run(Target::parse(name));
    for (const Problem& p : fingerprint->problems().sorted())
      if (p.level >= MS_ERROR) throw Error(name + ": " + p.text + "; a family is learned from whole checkpoints");
    request.samples.push_back(sample_of(name, *fingerprint->model));
    const std::string type(FamilyLink::type_of(*loaded.rules, *request.samples.back().config));
    if (!type.empty() && std::find(request.serves.begin(), request.serves.end(), type) == request.serves.end()) request.serves.push_back(type);
    models.push_back(std::move(fingerprint));
  }
  request.name = !app.options.name.empty() ? app.options.name : file_name(request.serves.empty() ? "learned" : request.serves.front());
  request.role = [&](std::string_view tensor) {
    Document document;
    Builder labels(document);
    loaded.rules->label(loaded.rules->abstract(tensor), labels);
    return std::string(labels.finish()["role"]["value"].str());
  };
  const FamilyLibrary library = app.families();
  if (!app.options.quiet)
    for (const std::string& type : request.serves)
      if (const auto family = library.find(type)) app.console.note(type + " has a family file already: " + family->where());
  const auto learned = families::learn::learn(library, request);
  app.console.clear();
  if (app.options.save.empty()) std::fputs(learned.text.c_str(), stdout);
  else save_file(app.options.save, learned.text);
  for (std::size_t i = 0; i < learned.wrong.size(); ++i)
    if (!learned.wrong[i].empty()) app.console.warning(request.samples[i].name + ": the file does not give all of it: " + learned.wrong[i]);
  if (!app.options.save.empty())
    std::printf("%s: %zu lines, %zu of them guessed in part\n", app.options.save.c_str(), learned.lines, learned.doubtful);
  return learned.exact() ? kOk : kIncomplete;
}

}  // namespace modelsig::cli
