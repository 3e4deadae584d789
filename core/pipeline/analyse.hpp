// One model through store, formats, rules and layers: its fingerprint. What fails is in it, with the reason.
#pragma once
#include <memory>

#include "core/pipeline/components.hpp"
#include "core/pipeline/plan.hpp"
#include "core/report/fingerprint.hpp"
#include "core/host/knowledge.hpp"

namespace modelsig {

struct Analysis {
  Plan& plan;
  Session& session;
  const Knowledge& known;
  bool config_only = false;  // --fast: formats that bring tensors are not asked

  // Throws Error only if cancelled, or if the pipeline wants to stop at the first error.
  std::unique_ptr<Fingerprint> run(const Target& target) const;

 private:
  void open(Fingerprint& out) const;
  Components parse(Fingerprint& out, bool whole) const;  // whole: not a component, it may have some
  void components(Fingerprint& root, const Components& found) const;
  void component(const Fingerprint& root, const Component& found, Fingerprint& out) const;
  void link_family(Fingerprint& out, bool has_tensors) const;
  void guess_family(Fingerprint& out, const Value& config) const;
  void layers(Fingerprint& out) const;
};

}  // namespace modelsig
