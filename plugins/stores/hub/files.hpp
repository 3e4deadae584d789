// What both stores open: named files that are read by ranges.
#pragma once
#include <modelsig/model.hpp>
#include <span>

namespace hub {

class Files {
 public:
  virtual ~Files() = default;
  virtual void list(ms::Call& call, ms::Writer& files) = 0;
  virtual void read(ms::Call& call, std::span<ms_range> ranges) = 0;
  virtual void describe(ms::Call& call, ms::Writer& provenance) = 0;
};

}  // namespace hub
