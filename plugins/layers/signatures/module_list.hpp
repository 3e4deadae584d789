// The modules of part "modules", by name or folded.
#pragma once
#include "signature.hpp"

SignatureList unfolded(const ms::Call& call, ms::Node part);
SignatureList folded(ms::Node part);
std::string normalised(std::string_view name);  // model.layers.3.mlp -> model.layers.N.mlp
