// The modules of part "modules", by name or folded; the blocks that hold them take their ends from what they hold.
#pragma once
#include <modelsig/plugin.hpp>

#include <map>
#include <string>
#include <vector>

struct Signature {
  ms::Node module;                    // whose type, inputs and outputs these are; of a block: none
  ms::Node input, output;
  std::uint64_t count = 1;
  std::string example;                // a name it has unfolded
};

struct NamedSignatures {
  std::string name;
  std::vector<Signature> variants;    // folded names may have several; else one
};

class ModuleList {
 public:
  explicit ModuleList(ms::Node part) : part_(part) {}
  std::vector<NamedSignatures> unfolded(const ms::Call& call) const;
  std::vector<NamedSignatures> folded() const;

 private:
  ms::Node part_;
};

std::string normalised(std::string_view name);  // model.layers.3.mlp -> model.layers.N.mlp
