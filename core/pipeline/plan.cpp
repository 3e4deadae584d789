#include "core/pipeline/plan.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "core/host/call.hpp"
#include "core/host/options.hpp"
#include "core/value/builder.hpp"
#include "core/value/nearest.hpp"

namespace modelsig {

namespace {

// The options said for a step, as one object. Each was checked where it stands, so this merge needs no positions.
Value merged(const Step& step, Document& into) {
  Builder b(into);
  b.begin('{');
  for (const auto& [key, option] : step.with) b.key(key), b.copy(*option.value);
  b.end();
  return b.finish();
}

// Where the value stands, so that the message can point.
void check_option(const RoleManifest& role, const std::string& key, const Option& said) {
  const OptionManifest* option = role.find(key);
  if (!option) {
    std::vector<std::string> known;
    for (const OptionManifest& o : role.options) known.push_back(o.name);
    said.file->fail_key(*said.value, role.name + " has no option '" + key + "'" + did_you_mean(key, known) + " (" + fmt::format("{}", fmt::join(known, ", ")) + ")");
  }
  const std::string why = refuse_value(*option, *said.value);
  if (!why.empty()) said.file->fail(*said.value, "option '" + key + "' of " + role.name + " " + why);
}

}  // namespace

Plan::Plan(const Pipeline& pipeline, Registry& registry, const std::map<std::string, bool>& flags)
    : pipeline_(pipeline), registry_(registry) {
  for (const Step& step : pipeline.steps) {
    const RoleManifest* role = registry.find(step.use);
    if (!role) {
      const auto known = registry.names(step.kind);
      step.at.file->fail((*step.at.value)["use"], "no plugin offers '" + step.use + "'" + did_you_mean(step.use, known) +
                                                      " (installed: " + fmt::format("{}", fmt::join(known, ", ")) + "; see 'modelsig plugins list')");
    }
    for (const auto& [key, option] : step.with) check_option(*role, key, option);
    auto planned = std::make_unique<PlannedStep>(step, *role);
    planned->options_ = complete_options(*role, merged(step, options_), nullptr, options_);
    if (on(step, flags)) steps_.push_back(std::move(planned));
  }
}

bool Plan::on(const Step& step, const std::map<std::string, bool>& flags) const {
  if (step.when.empty()) return true;
  const bool negated = step.when.starts_with("not ");
  const std::string name = negated ? step.when.substr(4) : step.when;
  auto it = flags.find(name);
  if (it != flags.end()) return it->second != negated;
  std::vector<std::string> known;
  for (const auto& flag : flags) known.push_back(flag.first);
  step.at.file->fail((*step.at.value)["when"], "there is no flag '" + name + "'" + did_you_mean(name, known) + " (" + fmt::format("{}", fmt::join(known, ", ")) + ")");
}

std::vector<PlannedStep*> Plan::steps(int kind) const {
  std::vector<PlannedStep*> out;
  for (const auto& s : steps_)
    if (s->step().kind == kind) out.push_back(s.get());
  return out;
}

PlannedStep& Plan::store_for(const std::string& scheme, const std::string& argument) const {
  std::vector<std::string> schemes;
  for (PlannedStep* s : steps(MS_STORE)) {
    const auto& offered = s->role().schemes;
    if (std::find(offered.begin(), offered.end(), scheme) != offered.end()) return *s;
    schemes.insert(schemes.end(), offered.begin(), offered.end());
  }
  if (scheme == "hf")
    throw Error("'" + argument + "' is no file or directory here, and pipeline '" + pipeline_.name + "' has no store for hub models", MS_NOT_FOUND);
  throw Error("'" + argument + "': pipeline '" + pipeline_.name + "' has no store for '" + scheme + "://'" + did_you_mean(scheme, schemes) + " (it has: " + fmt::format("{}", fmt::join(schemes, ", ")) + ")", MS_NOT_FOUND);
}

PlannedStep& Plan::formatter(const std::string& id) const {
  std::vector<std::string> ids;
  for (PlannedStep* s : steps(MS_FORMATTER)) {
    if (s->step().id == id) return *s;
    ids.push_back(s->step().id);
  }
  throw Error("output format '" + id + "': pipeline '" + pipeline_.name + "' has no such formatter" + did_you_mean(id, ids) + " (" + fmt::format("{}", fmt::join(ids, ", ")) + ")");
}

Instance& PlannedStep::instance(Registry& registry, Call& call) {
  std::call_once(once_, [&] {
    std::string why;
    ms_status status = MS_INTERNAL;
    call.enter([&]() -> ms_status {
      try {
        instance_ = registry.create(step_.use, options_, call.raw());
      } catch (const Error& error) {
        why = error.what(), status = error.status();
      }
      return MS_OK;
    });
    if (!instance_) throw Error(call.failure().empty() ? why : step_.use + " could not be created: " + call.failure(), status);
  });
  return *instance_;
}

}  // namespace modelsig
