// model.safetensors.index.json: {"metadata": {"total_size": 123}, "weight_map": {"tensor": "shard file", ...}}
#pragma once
#include <modelsig/kit/text_buffer.hpp>

#include <string>
#include <vector>

#include "name_table.hpp"

namespace safetensors {

struct IndexShard {
  std::string_view file, first;  // name of its first tensor
  std::uint64_t tensors = 0, name_bytes = 0;
};

class Index {
 public:
  explicit Index(ms::TextBuffer text) : text_(std::move(text)) {}
  // Empty, or why the index cannot be used ("line 3, column 5: ...").
  std::string parse();

  // Names the index gives twice; of two places the last counts.
  std::size_t repeated() const { return repeated_; }
  double total_size() const { return total_size_; }  // 0: not said
  const std::vector<IndexShard>& shards() const { return shards_; }  // in order of first appearance
  const NameTable& tensors() const { return tensors_; }              // name -> shard

 private:
  friend class IndexHandler;
  void add(std::string_view tensor, std::string_view file);

  ms::TextBuffer text_;
  std::vector<IndexShard> shards_;
  NameTable shard_ids_, tensors_;
  std::size_t repeated_ = 0;
  std::uint32_t last_shard_ = 0;
  double total_size_ = 0;
};

}  // namespace safetensors
