// ggml's tensor types, as the rule table "ggml_type" names them: number, name, weights a block, bytes a block.
#pragma once
#include <modelsig/model.hpp>

#include <cstdint>
#include <string>
#include <unordered_map>

namespace gguf {

struct TensorType {
  std::string name;
  std::uint64_t block = 0, bytes = 0;  // 0: no rule says
};

class TypeTable {
 public:
  explicit TypeTable(const ms::Call& call);
  const TensorType* find(std::uint32_t number) const;
  std::string name(std::uint32_t number) const;  // "GGML_TYPE_<n>" where no rule names it

 private:
  std::unordered_map<std::uint32_t, TensorType> types_;
};

}  // namespace gguf
