// The role of every anchor and norm from its place in the graph. Knows softmax attention, dense MLPs, their norms
// and the ends of a model; what is none of these stays without a role. No operator and no model is named here.
#pragma once
#include "walk.hpp"

namespace onnx {

class Roles {
 public:
  Roles(const ms::Call& call, const ModelFile& model, const OpTable& table, Walk& walk);
  void run();

 private:
  void attention();
  void heads();
  void mlps();
  void embeddings();
  void norms();
  bool by_position(Norm& norm);       // what it norms says all
  void by_reader(std::uint32_t norm, const std::vector<std::uint32_t>& readers);
  void added_back(Norm& norm);
  std::string index_role(std::uint32_t value) const;
  bool fed_by_stream(const Anchor& a) const;
  std::int64_t newest_layer(const Sources& sources) const;  // of the attentions in it; -1: none
  const Anchor* only(const Sources& sources) const;
  std::size_t count(const Sources& sources, std::string_view role) const;

  const ms::Call& call_;
  const ModelFile& model_;
  const OpTable& table_;
  Walk& walk_;
  std::vector<Anchor>& anchors_;
  std::vector<std::uint32_t> makers_;  // of values: nodes
};

}  // namespace onnx
