// Coverage gaps: what testing one model instead of the other would miss. The rules are table "gap" (gaps.toml).
#pragma once
#include "anatomy.hpp"

// What a difference does to the comparison of the designs, beside being a gap.
enum class Breaks { nothing, part, block };  // part: SCALE_ONLY, block: DIFFERENT_ARCH

struct Gap {
  std::string id, severity, component, a, b, message, condition, why, engines, source, rule, evidence_a, evidence_b;
  bool a_misses = false, b_misses = false;   // testing A instead of B misses it; B instead of A
  Breaks breaks = Breaks::nothing;
  void write(ms::Writer& out) const;
};

class GapRules {
 public:
  explicit GapRules(const ms::Call& call);
  // facts of two parts against each other
  void facts(const ms::Call& call, const Part& a, const Part& b, std::vector<Gap>& out) const;
  // a gap that code found (a lost class, a missing tower): severity, texts and sources are the rule's
  Gap structural(std::string_view id, std::string component, std::string a, std::string b, std::string what) const;
  const RoleParts& role_parts() const { return role_parts_; }
  bool claims(std::string_view role) const;  // a rule speaks of this role's presence

 private:
  struct Rule {
    ms::Node node;
    std::string id, gap, severity, direction;
    std::vector<std::string> facts;
    const ms_expression* when = nullptr;
    Breaks breaks = Breaks::nothing;
    bool absent = false;                     // no value is a value: no soft-cap
    bool structural = false;
  };
  Gap start(const Rule& rule, const std::string& component) const;

  std::vector<Rule> rules_;
  RoleParts role_parts_;
  std::vector<std::string> claimed_;
};
