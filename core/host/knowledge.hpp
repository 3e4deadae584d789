// What a run knows before it sees a model: rules and families. Shared by all its calls, never changed.
#pragma once

namespace modelsig {

class RuleSet;
namespace families { class FamilyLibrary; }

struct Knowledge {
  const RuleSet* rules = nullptr;
  const families::FamilyLibrary* families = nullptr;  // null: the pipeline uses none
};

}  // namespace modelsig
