// Names a tensor may go by: its own without an exporter's decorations, the scope of the node that reads it.
#pragma once
#include "walk.hpp"

namespace onnx {

class Names {
 public:
  explicit Names(const ms::Call& call);
  // Best first, its own name as it is left out.
  std::vector<std::string> aliases(const ModelFile& model, const FlatGraph& graph, const Use& use) const;
  std::string scope(const ModelFile& model, const FlatNode& node) const;  // "model.layers.0.mlp"; "" where nothing says

 private:
  void add(std::vector<std::string>& out, std::string name) const;
  std::string undecorated(std::string name) const;

  struct Decoration { std::vector<std::string> endings; std::string replace; };
  struct Spelling { std::string piece, other; };
  std::vector<Decoration> decorations_;
  std::vector<Spelling> spellings_;
};

// The role of a use as an alias: "@attn.q.bias 3"; "" where it has none.
std::string role_alias(const Walk& walk, const Use& use);

}  // namespace onnx
