// A pipeline checked against the installed plugins: every step exists, every option is valid and complete.
// Plugins are loaded when a step is first wanted, so only what a run needs is.
#pragma once
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include "core/host/registry.hpp"
#include "core/pipeline/pipeline.hpp"

namespace modelsig {

class Call;

class PlannedStep {
 public:
  PlannedStep(const Step& step, const RoleManifest& role) : step_(step), role_(role) {}
  const Step& step() const { return step_; }
  const RoleManifest& role() const { return role_; }
  const std::string& name() const { return step_.use; }
  // the plugin's instance, created on first use; throws Error
  Instance& instance(Registry& registry, Call& call);

 private:
  friend class Plan;
  const Step& step_;
  const RoleManifest& role_;
  Value options_;
  std::once_flag once_;
  std::shared_ptr<Instance> instance_;
};

class Plan {
 public:
  // Checks every step, also those that `flags` switch off. Throws Error with file:line:column.
  Plan(const Pipeline& pipeline, Registry& registry, const std::map<std::string, bool>& flags);

  const Pipeline& pipeline() const { return pipeline_; }
  Registry& registry() { return registry_; }
  std::vector<PlannedStep*> steps(int kind) const;        // switched on, in order
  PlannedStep& store_for(const std::string& scheme, const std::string& argument) const;
  PlannedStep& formatter(const std::string& id) const;    // throws Error with the near ids

 private:
  bool on(const Step& step, const std::map<std::string, bool>& flags) const;

  const Pipeline& pipeline_;
  Registry& registry_;
  Document options_;
  std::vector<std::unique_ptr<PlannedStep>> steps_;
};

}  // namespace modelsig
