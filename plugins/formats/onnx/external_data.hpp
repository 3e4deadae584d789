// Weights in files beside the model. They are never opened; where they are said to be is checked all the same.
#pragma once
#include <modelsig/plugin.hpp>

#include <map>
#include <string>

#include "graph.hpp"

namespace onnx {

class ExternalData {
 public:
  ExternalData(const ms::Call& call, ms::Repo repo, std::string model_file);
  // The file of the repository that holds the tensor, nothing where there is none. Reports what is wrong, once a file.
  ms::File find(const ModelFile& model, const Tensor& tensor);
  void report();                       // files that are not there
  const std::map<std::string, std::uint64_t>& files() const { return tensors_; }  // location -> tensors

 private:
  const ms::Call& call_;
  ms::Repo repo_;
  std::string model_file_, folder_;
  std::map<std::string, std::uint64_t> tensors_;
  std::map<std::string, bool> wrong_;
};

}  // namespace onnx
