// Hands tensors and the parts "graph" and "graph_modules" over to the model.
#pragma once
#include "external_data.hpp"
#include "file_choice.hpp"
#include "names.hpp"
#include "walk.hpp"

namespace onnx {

class Emitter {
 public:
  Emitter(const ms::Call& call, ms::Model out, const ModelFile& model, const Walk& walk, const Names& names, ms::File file, ExternalData& external);
  void tensors();
  void graph(const FileChoice& choice);
  void modules();

 private:
  void tensor(const Owned& owned, bool constant_node);
  void add(const Use* use, const Tensor& t, const std::string& name, std::uint32_t flags, std::string_view of);
  std::string unique(std::string name, const std::string& path);
  std::string dtype(std::uint32_t type) const;
  void type_of(ms::Writer& out, const Port& port) const;
  void end(ms::Writer& out, std::string_view key, const Port& port) const;
  void ports(ms::Writer& out, std::string_view key, const std::vector<Port>& list) const;

  const ms::Call& call_;
  ms::Model out_;
  const ModelFile& model_;
  const Walk& walk_;
  const Names& names_;
  ms::File file_;
  ExternalData& external_;
  std::map<std::uint32_t, std::vector<const Use*>> uses_;  // by tensor
  std::map<std::uint32_t, std::string> emitted_;           // tensor -> its name in the model
  std::map<std::string, int> taken_;
  std::map<std::string, std::uint32_t> roles_;             // alias -> its tensor; NONE: several claim it, so it is nobody's
};

}  // namespace onnx
