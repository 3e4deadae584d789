// The configuration that a header stands for, in the spelling of config.json, so that a family is found and read as for any
// checkpoint. Which key means which field is data: the rule tables "gguf_architecture" and "gguf_field".
#pragma once
#include <modelsig/model.hpp>

#include "header_reader.hpp"

namespace gguf {

// Emits one object. False, and nothing is written, if no rule knows the architecture.
bool knows_architecture(const ms::Call& call, const Header& header);
void write_config(const ms::Call& call, const Header& header, ms::Writer& out);

}  // namespace gguf
