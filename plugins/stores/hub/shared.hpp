// What all models of one store have in common.
#pragma once
#include "cache.hpp"
#include "settings.hpp"
#include "traffic.hpp"

namespace hub {

struct Shared {
  explicit Shared(ms::Node options) : settings(options), traffic(settings.connections), cache(settings.cache, settings.cache_limit) {}
  const Settings settings;
  Traffic traffic;
  const Cache cache;
};

}  // namespace hub
