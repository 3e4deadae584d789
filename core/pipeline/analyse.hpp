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
  enum class What { whole, part, file };  // file: a part that the documents beside it do not describe
  struct Parsed {
    Components parts;                      // of the whole
    const PlannedStep* format = nullptr;   // that brought the tensors
    std::vector<const PlannedStep*> alternatives;
    bool documents = false;
  };

  void open(Fingerprint& out) const;
  Parsed parse(Fingerprint& out, What what) const;
  void settle(Fingerprint& out, What what, const Parsed& parsed) const;  // its family, its source; frozen from then on
  void join(Fingerprint& root, const Fingerprint& part, const Component& found) const;
  void components(Fingerprint& root, const Components& found) const;
  void component(const Fingerprint& root, const Component& found, Fingerprint& out) const;
  void link_family(Fingerprint& out, bool has_tensors) const;
  void guess_family(Fingerprint& out, const Value& config) const;
  void layers(Fingerprint& out) const;
};

}  // namespace modelsig
