// The report: the envelope around all sections. Who made it, from what, with which rules; the models; the
// pairs; what the advisors add. The pipeline's [report] says which keys are printed in which order.
#pragma once
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "core/pipeline/compare.hpp"
#include "core/pipeline/plan.hpp"
#include "core/report/fingerprint.hpp"
#include "core/host/knowledge.hpp"

namespace modelsig {

inline constexpr std::string_view kReportSchema = "modelsig-report-1";
std::string tool_version();
// UTC "2026-01-01T00:00:00Z"; SOURCE_DATE_EPOCH fixes it
std::string timestamp();

class Report {
 public:
  // Throws Error if cancelled, or if the pipeline wants to stop at the first error.
  static Report build(Plan& plan, Session& session, const Knowledge& known, std::vector<std::unique_ptr<Fingerprint>> models, bool compare);

  const Value& root() const { return root_; }
  bool complete() const { return complete_; }  // false: exit code 2
  // one sentence a problem that makes a model incomplete, for stderr
  void complain(const std::function<void(const std::string&)>& say) const;
  // Chunk by chunk, ending in a line break; what write() throws ends it.
  void format(Plan& plan, Session& session, const std::string& formatter, const std::function<void(std::string_view)>& write) const;

 private:
  void advise(Plan& plan, Session& session, const Knowledge& known);

  std::unique_ptr<Document> document_ = std::make_unique<Document>();
  std::vector<std::unique_ptr<Fingerprint>> models_;
  std::unique_ptr<Comparison> comparison_;
  Value root_;
  bool complete_ = true;
};

}  // namespace modelsig
