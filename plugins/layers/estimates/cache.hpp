// What is kept while text is generated: by rule table "cache", for every kind of layers.
#pragma once
#include "parts.hpp"

void write_cache(const ms::Call& call, const std::vector<Part>& parts, ms::Writer& out);
