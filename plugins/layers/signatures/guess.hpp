// No family file: the modules that own tensors, by what their roles and shapes let expect.
#pragma once
#include "signature.hpp"

SignatureList guessed(const ms::Call& call, ms::Model model, std::uint64_t fold_above);
