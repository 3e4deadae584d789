// A family's modules as one document: type, inputs and outputs, for whoever prints layer signatures. Folded: an index that decides
// nothing about a line is counted, not walked.
#pragma once
#include "core/families/family_model.hpp"

namespace modelsig { class Builder; }

namespace modelsig::families {

//   {"dtype": "BF16", "count": 25000, "sequence": {"batch": 1, "seq": 8}, "modules": [
//     {"texts": ["model.layers.", ".mlp.experts.", ".gate_proj"], "holes": [0, 1],   hole i holds index holes[i]
//      "type": "Linear", "role": "moe.gate", "kind": "linear", "owns": true, "class": "DeepseekV3",    what the family's class names begin with
//      "input":  [{"dtype": "I64" where it is not the model's, "axes": ["routed", "hidden"], "shape": [8, 7168],
//                  "rows": 1}], "output": [...],     how many leading axes count tokens
//      "at": [3, 4, 5], "depth": 1,      values of the first `depth` indices, one place after the other
//      "inner": [256]}]}                 each place stands for every value of these
void write_modules(const FamilyModel& model, std::string_view dtype, Builder& out);

}  // namespace modelsig::families
