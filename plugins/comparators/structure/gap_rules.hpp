// The rules of table "gap" (configs/rules/gaps): facts of two parts against each other, under the plan.
#pragma once
#include <modelsig/kit/message.hpp>
#include <modelsig/kit/test_plan.hpp>

#include <optional>

#include "anatomy.hpp"
#include "gap.hpp"

class GapRules {
 public:
  explicit GapRules(const ms::Call& call);
  void prepare(const ms::Call& call, Part& part) const;  // what compare() asks of a part, ahead of all pairs
  void compare(const ms::Call& call, const Part& a, const Part& b, std::vector<Gap>& out) const;
  // a gap that code found (a lost class, a missing tower): severity, texts and sources are the rule's
  Gap structural(const ms::Call& call, std::string_view id, std::string component, std::string a, std::string b, std::string what) const;
  const RoleParts& role_parts() const { return role_parts_; }
  bool speaks(std::string_view gap, std::string_view role) const;  // a rule of this gap names the role (or the part, "mtp")
  bool told(const std::vector<Gap>& gaps, std::string_view component, std::string_view role) const;  // one of these gaps speaks of it

 private:
  struct Rule {
    std::string id, gap, severity, condition, why, engines, source, at;
    enum class Towers { no, also, only } towers = Towers::no;
    std::size_t first_asked = 0;             // of its facts, in Part::asked
    std::vector<std::string> facts;
    const ms_expression *value = nullptr, *when = nullptr, *lacks = nullptr;
    std::vector<const ms_expression*> opens;
    ms::kit::Message message;
    Breaks breaks = Breaks::nothing;
    bool absent = false;                     // no value is a value: no soft-cap
    bool structural = false, both = false;
    bool stated = true;                      // false: not reported unless the plan opens it
  };
  struct Sides { const Part &a, &b; };

  Rule read(const ms::Call& call, ms::Node node);
  static void begin(Gap& gap, const Rule& rule, const std::string& component);
  bool differ(const Rule& rule, const Part& a, const Part& b, Gap& gap) const;
  static void ask_plan(const ms::kit::TestPlan& plan, const Rule& rule, const Part& proxy, const Part& target, Direction& out);

  std::vector<Rule> rules_;
  RoleParts role_parts_;
  struct Claim { std::string role, gap; bool covers(std::string_view other) const; };
  std::vector<Claim> claims_;
};
