// What a run knows before it sees a model: rules, families, and what is planned with the models. Shared by all its calls, never changed.
#pragma once

namespace modelsig {

class RuleSet;
class Value;
namespace families { class FamilyLibrary; }

struct Knowledge {
  const RuleSet* rules = nullptr;
  const families::FamilyLibrary* families = nullptr;  // null: the pipeline uses none
  const Value* plan = nullptr;                        // rule table "plan" (core/pipeline/test_plan.hpp); null: none was said
};

}  // namespace modelsig
