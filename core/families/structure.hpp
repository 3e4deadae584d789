// A family's model as one document, for whoever describes or compares models: its parts (the model itself, towers) with
// their values, and their layers by class with roles and shapes. As if it were not quantised.
#pragma once
#include "core/families/checkpoint_check.hpp"
#include "core/families/family_model.hpp"

namespace modelsig { class Builder; }

namespace modelsig::families {

//   {"components": [{"part": "", "family": "llama", "at": "llama.toml", "config": {...}, "defaults": {...},
//     "values": {"hidden": {"value": 4096, "from": "config key hidden_size"}, ...},    those that depend on no index
//     "top": [ROLE, ...],                                                              outside the stacks
//     "stacks": [{"path": "model.layers", "index": "layer", "layers": 32, "pattern": "A32", "prefix": 1,
//                 "classes": [{"layers": 32, "first": 0, "values": {"attention": "full_attention"}, "roles": [ROLE, ...]}]}]}]}
//   ROLE = {"role": "attn.q", "suffix": "weight", "kind": "linear", "axes": ["heads*head_dim", "hidden"], "shape": [4096, 4096],
//           "count": 1, "borrowed": true where it runs on another module's tensors}
// lacking: modules that the checkpoint has in some layers only, though the config promises them in all.
void write_structure(const FamilyModel& model, const Lacking& lacking, Builder& out);

}  // namespace modelsig::families
