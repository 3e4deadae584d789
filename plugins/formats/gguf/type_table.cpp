#include "type_table.hpp"

namespace gguf {

TypeTable::TypeTable(const ms::Call& call) {
  for (ms::Node rule : call.rules("ggml_type").items())
    types_[static_cast<std::uint32_t>(rule["number"].u64())] = {std::string(rule["id"].str()), rule["block"].u64(), rule["bytes"].u64()};
}

const TensorType* TypeTable::find(std::uint32_t number) const {
  const auto it = types_.find(number);
  return it == types_.end() ? nullptr : &it->second;
}

std::string TypeTable::name(std::uint32_t number) const {
  const TensorType* type = find(number);
  return type ? type->name : "GGML_TYPE_" + std::to_string(number);
}

}  // namespace gguf
