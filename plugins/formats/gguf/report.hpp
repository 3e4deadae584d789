// The part "gguf": the header as it is, long arrays as their length.
#pragma once
#include <modelsig/model.hpp>

#include <string>
#include <vector>

#include "header_reader.hpp"

namespace gguf {

struct Choice;

void write_value(ms::Writer& out, const Value& value);
void write_part(ms::Writer& out, const Header& header, const Choice& choice, std::uint64_t tensors);

}  // namespace gguf
