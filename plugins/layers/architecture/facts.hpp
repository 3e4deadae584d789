// The facts of rule table "fact", asked of one class of layers at a time.
#pragma once
#include <optional>

#include "component.hpp"

// A scalar, or a list as JSON text: what a report prints and a comparator compares.
struct FactValue {
  char kind = 0;                     // as of ms::Node; 0: none
  std::string text;                  // of a string; of a list its JSON
  double number = 0;
  std::int64_t integer = 0;
  explicit operator bool() const { return kind != 0; }
  bool operator==(const FactValue& other) const {
    const bool numbers = (kind == 'i' || kind == 'd') && (other.kind == 'i' || other.kind == 'd');
    return numbers ? number == other.number : kind == other.kind && text == other.text && integer == other.integer;
  }
  static FactValue of(const ms::Node& node);
  void write(ms::Writer& out) const;
};

struct Fact { FactValue value; std::string from; };

class FactRules {
 public:
  explicit FactRules(const ms::Call& call);
  struct Rule { std::string id, group; const ms_expression* when = nullptr; std::vector<std::pair<const ms_expression*, std::string>> from; };
  const std::vector<Rule>& rules() const { return rules_; }
  // In the order of the rules; a fact without a value is absent. `layer` null: the part has no layers.
  std::vector<std::pair<const Rule*, Fact>> ask(const ms::Call& call, const Component& part, const LayerClass* layer) const;

 private:
  std::vector<Rule> rules_;
};
