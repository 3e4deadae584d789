// What an ONNX graph says of the nodes that own weights: no guess, the exporter inferred it.
#pragma once
#include "signature.hpp"

SignatureList of_graph(ms::Node modules, std::uint64_t fold_above);
