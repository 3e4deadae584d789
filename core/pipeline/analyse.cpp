#include "core/pipeline/analyse.hpp"

#include <modelsig/abi.h>
#include <modelsig/kit/file_suffix.hpp>

#include <set>

#include "core/host/call.hpp"
#include "core/host/host_table.hpp"
#include "core/model/family_link.hpp"

namespace modelsig {

namespace {

void rethrow_if_final(const Error& error, const Pipeline& pipeline) {
  if (error.status() == MS_CANCELLED || pipeline.abort_on_error) throw error;
}

// A format whose manifest names suffixes is not even loaded where no file has one of them.
bool may_read(const RoleManifest& role, Repo& repo) {
  if (role.suffixes.empty()) return true;
  for (std::size_t i = 0; i < repo.size(); ++i)
    for (const std::string& suffix : role.suffixes)
      if (ms::has_suffix(repo.file(i).name, suffix)) return true;
  return false;
}

}  // namespace

std::unique_ptr<Fingerprint> Analysis::run(const Target& target) const {
  auto out = std::make_unique<Fingerprint>(target);
  out->put("complete", Value(true));
  out->put("problems", Value());
  try {
    open(*out);
  } catch (const Error& error) {
    if (error.status() == MS_CANCELLED) throw;
    out->problems().add({MS_ERROR, "store", target.argument, error.what()});
    out->set_failed();
    out->finish();
    return out;
  }
  const Parsed parsed = parse(*out, What::whole);
  components(*out, parsed.parts);
  settle(*out, What::whole, parsed);
  layers(*out);
  Builder provenance(out->document());
  Call call(session, plan.store_for(target.scheme, target.argument).name(), &out->problems());
  out->repo->describe(call, provenance);
  out->put("provenance", provenance.finish());
  out->finish();
  return out;
}

void Analysis::open(Fingerprint& out) const {
  const Target& target = out.target();
  PlannedStep& step = plan.store_for(target.scheme, target.argument);
  Call call(session, step.name(), &out.problems(), known);
  Instance& instance = step.instance(plan.registry(), call);
  StoreRef store{&instance.store(), instance.self(), instance.serial()};
  out.repo = Repo::open(call, store, target.uri, target.select, plan.pipeline().budget ? plan.pipeline().budget : Repo::kDefaultBudget);
  if (target.select.empty() || out.repo->find(target.select) || !out.repo->has_folder(target.select)) return;
  out.whole = std::move(out.repo);  // a folder was asked for: it alone is the model
  out.repo = Repo::within(*out.whole, target.select, "");
}

Analysis::Parsed Analysis::parse(Fingerprint& out, What what) const {
  struct Candidate { PlannedStep* step; int32_t score; };
  std::vector<Candidate> documents, tensors;
  for (PlannedStep* step : plan.steps(MS_FORMAT)) {
    const bool brings_tensors = step->role().provides == "tensors";
    if (brings_tensors ? config_only || !may_read(step->role(), *out.repo) : what == What::file) continue;
    Call call(session, step->name(), &out.problems(), known);
    int32_t score = 0;
    try {
      Instance& instance = step->instance(plan.registry(), call);
      const auto lock = instance.lock();
      call.require(call.enter([&] { return instance.format().probe(instance.self(), call.raw(), out.repo->raw(), &score); }));
    } catch (const Error& error) {
      if (error.status() == MS_CANCELLED) throw;
      out.problems().add({MS_ERROR, step->name(), out.target().argument, error.what()});
    }
    if (score > 0) (brings_tensors ? tensors : documents).push_back({step, score});
  }
  const auto run = [&](PlannedStep* step) {
    Call call(session, step->name(), &out.problems(), known);
    try {
      Instance& instance = step->instance(plan.registry(), call);
      const auto lock = instance.lock();
      call.require(call.enter([&] { return instance.format().parse(instance.self(), call.raw(), out.repo->raw(), out.model->raw()); }));
      return true;
    } catch (const Error& error) {
      if (error.status() == MS_CANCELLED) throw;
      out.problems().add({MS_ERROR, step->name(), out.target().argument, error.what()});
      return false;
    }
  };
  const auto problem = [&](int level, const std::string& step, const std::string& text) {
    out.problems().add({level, step, out.target().argument, text});
  };
  const auto close = [&](const std::string& who) {
    try {
      out.model->close_parts(who);
    } catch (const Error& error) {
      problem(MS_ERROR, who, error.what());
    }
  };
  for (const Candidate& c : documents) run(c.step);
  close("formats");
  Parsed parsed;
  parsed.documents = !documents.empty();
  Components& found = parsed.parts;
  if (what == What::whole) found = find_components(*out.model, *out.repo, *known.rules);
  if (found.whole && !tensors.empty()) {
    problem(MS_INFO, "components", "the weights in the root folder are another packing of the parts that " + found.whole->by + " lists: they are not read; choose a file of them with '#'");
    tensors.clear();
  }

  const Candidate* best = nullptr;
  for (const Candidate& c : tensors)
    if (!best || c.score > best->score) best = &c;  // equal scores: the pipeline's order
  if (best) run(best->step), close(best->step->name());
  if (best && what == What::whole) found = find_components(*out.model, *out.repo, *known.rules);  // with those that the format lists
  if (best) parsed.format = best->step;
  for (const Candidate& c : tensors)
    if (&c != best) parsed.alternatives.push_back(c.step);
  return parsed;
}

void Analysis::settle(Fingerprint& out, What what, const Parsed& parsed) const {
  if (what != What::file) link_family(out, parsed.format != nullptr);
  else if (const Value* config = out.model->part("config"); config && known.families) guess_family(out, *config);
  if (!config_only && !parsed.format && what == What::whole && !parsed.parts.whole) {
    const auto problem = [&](int level, const std::string& text) { out.problems().add({level, "formats", out.target().argument, text}); };
    if (!parsed.documents) problem(MS_ERROR, "no file here that any format of the pipeline can read");
    else problem(MS_WARN, out.model->family() ? "no tensors here, only configuration: they are those that its family file promises"
                                              : "no tensors here, only configuration: everything about them is assumed from it");
  }
  const auto format_name = [](const PlannedStep* s) { return std::string_view(s->name()).substr(s->name().find('.') + 1); };
  Builder source(out.document());
  source.begin('{');
  source.key("format");
  if (parsed.format) source.put(format_name(parsed.format));  // also where it failed: the problems say so, nothing is assumed instead
  else source.put(Value());
  source.key("alternatives");
  source.begin('[');
  for (const PlannedStep* step : parsed.alternatives) source.put(format_name(step));
  source.end();
  source.key("family");
  if (const FamilyLink* family = out.model->family()) source.put(std::string_view(family->name()));
  else source.put(Value());
  source.end();
  out.model->set_part("source", source.finish());
  std::set<std::string_view> ahead;
  for (const PlannedStep* step : plan.steps(MS_LAYER)) ahead.insert(step->role().reads.begin(), step->role().reads.end());
  out.model->freeze(*known.rules, &session, ahead);
}

void Analysis::components(Fingerprint& root, const Components& found) const {
  for (const Component& c : found.list) {
    Target target = root.target();
    target.argument += target.argument.ends_with('/') ? c.name : "/" + c.name;
    target.id = c.name;
    auto part = std::make_unique<Fingerprint>(target);
    part->put("complete", Value(true));
    part->put("problems", Value());
    try {
      component(root, c, *part);
      if (c.joined()) join(root, *part, c);
    } catch (const Error& error) {
      rethrow_if_final(error, plan.pipeline());
      part->problems().add({MS_ERROR, "components", c.name, error.what()});
    }
    part->finish();
    root.components.push_back(std::move(part));
  }
  if (root.components.empty()) return;
  std::vector<Member> members;
  for (const auto& part : root.components) members.push_back({root.document().keep(part->target().id), part->so_far()});
  root.put("components", make_object(root.document(), members));
}

// A part with tensors, or with a configuration that promises them, goes through the layers like any model; one that has neither (a
// scheduler, a pooling) is reported with its settings.
void Analysis::component(const Fingerprint& root, const Component& found, Fingerprint& out) const {
  const auto problem = [&](int level, const std::string& text) { out.problems().add({level, "components", found.name, text}); };
  const bool plain = known.rules->match("component_without_tensors", found.kind) != nullptr;
  const std::string who = found.kind.empty() ? found.name : found.name + " (" + found.kind + ")";
  {
    Builder b(out.document());
    b.begin('{');
    b.member("class", std::string_view(found.kind));
    b.member("by", std::string_view(found.by));
    b.member("rule", (*found.rule)["at"].str());
    if (found.joined()) b.member("joined", Value(true));
    if (found.towers()) b.member("towers", Value(true));
    b.end();
    out.put("component", b.finish());
  }
  out.repo = Repo::within(*root.repo, found.folder, found.select);
  if (out.repo->size() == 0) return problem(plain ? MS_WARN : MS_ERROR, who + " is listed in " + found.by + ", but its folder is not there: download it");
  const What what = found.entry ? What::file : What::part;
  settle(out, what, parse(out, what));
  const bool tensors = out.model->size() > 0;
  if (!tensors && !plain && !config_only && (*out.model->part("source"))["format"].is(Kind::null))
    problem(MS_ERROR, who + " has no tensors here, only what configures them: download them");
  if (tensors) layers(out);
  if (found.joined() || (found.towers() && tensors)) return;  // compared as a part of the whole
  if (tensors) return out.set_analysed();
  Builder b(out.document());
  b.begin('{');
  for (const auto& [name, value] : out.model->parts())
    if (name != "source") b.key(name), b.share(value);
  b.end();
  out.put("settings", b.finish());
}

// The tensors of a joined part are the model's. What only its file says of the whole (rule: `shares`) is taken from the first that says it.
void Analysis::join(Fingerprint& root, const Fingerprint& part, const Component& found) const {
  const Value nothing;
  const Value& entry = found.entry ? *found.entry : nothing;
  const std::size_t refused = root.model->take(*part.model, entry["parts"], entry["prefixes"]);
  if (refused) root.problems().add({MS_ERROR, "components", found.name, std::to_string(refused) + " tensors more than a model may have"});
  for (const Value& name : (*found.rule)["shares"].items())
    if (const Value* shared = part.model->part(name.str()); shared && !root.model->part(name.str())) root.model->set_part(name.str(), *shared);
}

// Without stored tensors the family's are the model's: the same way from there on as for a checkpoint.
void Analysis::link_family(Fingerprint& out, bool has_tensors) const {
  const Value* config = out.model->part("config");
  if (!known.families || !config) return;
  try {
    auto family = FamilyLink::find(*known.families, *known.rules, *config, out.model->parts());
    if (!family) return guess_family(out, *config);
    if (!has_tensors) family->generate(*out.model);
    out.model->set_family(family, !has_tensors);
  } catch (const Error& error) {
    out.problems().add({has_tensors ? MS_WARN : MS_ERROR, "families", out.target().argument, error.what()});
  }
}

// A config that not even the usual keys explain is none the worse for it.
void Analysis::guess_family(Fingerprint& out, const Value& config) const {
  try {
    out.model->set_generic(FamilyLink::generic(*known.families, *known.rules, config));
  } catch (const Error& error) {
    out.problems().add({MS_WARN, "families", out.target().argument, std::string("no family file serves it, and its sizes are not the usual: ") + error.what()});
  }
}

void Analysis::layers(Fingerprint& out) const {
  for (PlannedStep* step : plan.steps(MS_LAYER)) {
    if (session.cancelled()) throw Error("cancelled", MS_CANCELLED);
    Call call(session, step->name(), &out.problems(), known);
    try {
      Instance& instance = step->instance(plan.registry(), call);
      Writer writer(out.document(), plan.pipeline().report.non_finite);
      {
        const auto lock = instance.lock();
        call.require(call.enter([&] { return instance.layer().run(instance.self(), call.raw(), out.model->raw(), node(out.so_far()), writer.raw()); }), writer);
      }
      out.add(step->step().section, writer.finish(step->name()), step->name());
    } catch (const Error& error) {
      rethrow_if_final(error, plan.pipeline());
      out.problems().add({MS_ERROR, step->name(), step->step().section, error.what()});
    }
  }
}

}  // namespace modelsig
