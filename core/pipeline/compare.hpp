// All pairs of fingerprints through the comparators: N prepares a comparator, N(N-1)/2 compares.
#pragma once
#include <memory>
#include <string>
#include <vector>

#include "core/pipeline/plan.hpp"
#include "core/report/fingerprint.hpp"
#include "core/host/knowledge.hpp"

namespace modelsig {

class Comparison {
 public:
  static constexpr std::size_t kChunk = 64;  // pairs a task: amortises the thread hand-over and a document

  Comparison(Plan& plan, Session& session, const Knowledge& known)
      : plan_(plan), session_(session), known_(known), order_(plan.pipeline().report.pair, plan.pipeline().report.only, plan.pipeline().report.hide) {}
  ~Comparison();

  struct Pair { std::size_t a, b; Value section; };
  // Pairs in argument order (0,1), (0,2) ...; models that could not be read are left out. Throws if cancelled,
  // or if the pipeline wants to stop at the first error.
  const std::vector<Pair>& run(const std::vector<Fingerprint*>& models);
  bool failed() const { return failed_; }    // a comparator failed on some pair: said in the pair's "errors"

 private:
  struct Prepared { Instance* instance; PlannedStep* step; std::vector<void*> handles; std::vector<std::string> errors; };
  void add(Fingerprint* model);
  void prepare();
  // Parts of the same name first: the comparators of the whole see them under "components" of what is so far.
  Value compare(std::size_t a, std::size_t b, Document& into);

  Plan& plan_;
  Session& session_;
  const Knowledge& known_;
  const KeyOrder order_;
  struct Side { Fingerprint* model; std::vector<std::size_t> components; };
  std::vector<Side> sides_;                   // the models, their components behind them
  std::vector<Prepared> prepared_;
  std::vector<Pair> pairs_;
  std::vector<std::unique_ptr<Document>> documents_;
  std::atomic<bool> failed_{false};
};

}  // namespace modelsig
