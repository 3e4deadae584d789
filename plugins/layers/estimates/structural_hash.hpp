// Three hashes of a structure, by rule table "structural_hash": from facts, roles and shapes, never from names of tensors or dtypes.
#pragma once
#include <modelsig/plugin.hpp>

void write_hashes(const ms::Call& call, ms::Node structure, ms::Writer& out);
