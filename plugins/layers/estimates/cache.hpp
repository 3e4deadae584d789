// What is kept while text is generated: by rule table "cache", for every kind of layers.
#pragma once
#include "parts.hpp"

struct CacheOptions {
  explicit CacheOptions(ms::Node options);  // throws ms::Error
  std::vector<std::uint64_t> contexts;      // beside the model's own
  std::vector<std::string> dtypes;          // of rule table "cache_dtype"; empty: all
};

void write_cache(const ms::Call& call, const std::vector<Part>& parts, const CacheOptions& options, ms::Writer& out);
