// TensorProto and SparseTensorProto: where the data is, never the data.
#pragma once
#include "graph.hpp"
#include "wire.hpp"

namespace onnx {

class TensorReader {
 public:
  static constexpr std::size_t MOST_AXES = 64;
  static constexpr std::size_t SHORT = 16;  // integers that are read: shapes and axes

  explicit TensorReader(ModelFile& out) : out_(out) {}
  // Both return an index in ModelFile::tensors. named: an initialiser, which must have a name.
  std::uint32_t tensor(Message m, bool named);
  std::uint32_t sparse(Message m, bool named);

 private:
  void external(Message m, Tensor& t);
  void add_axis(Message& m, Tensor& t, std::uint64_t value);
  static void check_order(Wire& wire, std::uint64_t at, const std::string& who, const Tensor& where, const Tensor& whole, bool flat);
  void check(Wire& wire, const Tensor& t, std::uint64_t typed);

  ModelFile& out_;
};

}  // namespace onnx
