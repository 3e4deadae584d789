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
  // Empty, or why the index cannot be used ("line 3, column 5: ..."). Counts a name that is there twice twice.
  std::string parse();
  // Finds such names: half of the work, and nothing that says which files to read, so that those can be read meanwhile.
  void settle();

  // Names the index gives twice; of two places the last counts. Once settled.
  std::size_t repeated() const { return repeated_; }
  double total_size() const { return total_size_; }  // 0: not said
  const std::vector<IndexShard>& shards() const { return shards_; }  // in order of first appearance
  const NameTable& tensors() const { return tensors_; }              // name -> shard, once settled

 private:
  friend class IndexHandler;
  void add(std::string_view tensor, std::string_view file);

  ms::TextBuffer text_;
  std::vector<IndexShard> shards_;
  struct Place { std::string_view tensor; std::uint32_t shard; };
  std::vector<Place> places_;  // in order of the file, until settled
  NameTable shard_ids_, tensors_;
  std::size_t repeated_ = 0;
  std::uint32_t last_shard_ = 0;
  double total_size_ = 0;
};

}  // namespace safetensors
