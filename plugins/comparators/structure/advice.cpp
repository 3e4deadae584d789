#include "advice.hpp"

#include <algorithm>

namespace {

// The ids of the gaps that the smaller model misses under a condition that nobody has decided, each once.
std::vector<std::string> conditional(const StandIn& verdict, const std::vector<Gap>& gaps, bool by_a) {
  std::vector<std::string> out;
  const auto in = [](const std::vector<std::string>& list, std::string_view id) { return std::find(list.begin(), list.end(), id) != list.end(); };
  for (const Gap& g : gaps)
    if (g.may_be_missed(by_a) && !in(out, g.id) && !in(verdict.blocking, g.id)) out.emplace_back(g.id);
  return out;
}

std::string joined(const std::vector<std::string>& list) {
  std::string out;
  for (const std::string& s : list) (out += out.empty() ? "" : ", ") += s;
  return out;
}

std::string first_reason(const StandIn& v) { return v.reasons.empty() ? std::string("nothing is known") : v.reasons.front(); }

}  // namespace

std::string sentence(const StandIn& verdict, const std::vector<Gap>& gaps, bool smaller_is_a) {
  const std::string proxy = smaller_is_a ? "A" : "B", target = smaller_is_a ? "B" : "A";
  if (verdict.verdict == "UNDETERMINED") return "Whether " + proxy + " can stand in for " + target + " is not known: " + first_reason(verdict) + ".";
  if (verdict.verdict == "NO_SUBSTITUTE") return proxy + " cannot stand in for " + target + ": they are built of other blocks (" + first_reason(verdict) + ").";
  if (verdict.verdict == "PARTIAL_SUBSTITUTE")
    return proxy + " can stand in for " + target + " only in part: " + target + " takes paths that never run in " + proxy + " (" + joined(verdict.blocking) + ").";
  const auto open = conditional(verdict, gaps, smaller_is_a);
  return proxy + " can stand in for " + target + ": every code path that " + target + " always takes runs in " + proxy + " too" +
         (open.empty() ? "." : "; where " + std::string(open.size() == 1 ? "its condition holds" : "their conditions hold") + ", look at " + joined(open) + ".");
}

void write_test_strategy(ms::Writer& out, const StandIn& verdict, const std::vector<Gap>& gaps, bool smaller_is_a) {
  const auto put = [&](std::string_view level, const std::string& description, const std::string& scope) {
    auto section = out.object("test_strategy");
    out.member("level", level);
    out.member("description", description);
    out.member("test_scope", scope);
  };
  const auto& always = verdict.blocking;
  const auto open = conditional(verdict, gaps, smaller_is_a);
  const std::string under = open.size() == 1 ? "where its condition holds" : "where their conditions hold";
  if (verdict.verdict == "UNDETERMINED")
    return put("UNDETERMINED", "A part of the models could not be read, so what they share is not known.",
               "Make the missing parts readable and compare again; until then test on the target model.");
  if (verdict.verdict == "NO_SUBSTITUTE") return put("NOT_RECOMMENDED", first_reason(verdict), "Must use the target model size for all tests.");
  if (verdict.verdict == "PARTIAL_SUBSTITUTE")
    return put("PARTIAL", "The smaller model runs most of the target's code, not " + joined(always) + ".",
               "Core functional tests on smaller model + regression on target size: " + joined(always) + (open.empty() ? "" : ", and " + under + ": " + joined(open)) + ".");
  put("RECOMMENDED", open.empty() ? "No gap is open." : std::to_string(open.size()) + (open.size() == 1 ? " gap opens" : " gaps open") + " only under a condition.",
      std::string("Full functional test suite on the smaller model") + (open.empty() ? "." : "; on the target only where a condition holds."));
}
