// Headers, shard by shard, into the model; then what only shows over all of them.
#pragma once
#include <modelsig/model.hpp>

#include <deque>
#include <map>
#include <string>
#include <vector>

#include "header_reader.hpp"

namespace safetensors {

class TensorSink {
 public:
  TensorSink(const ms::Call& call, ms::Model model, const ShardList& list, bool strict);
  void follow_index();  // once it is settled, before the first shard
  void take(ShardHeader& shard);
  // Throws if no file could be used.
  void finish();

 private:
  struct Found { std::size_t count = 0; std::string first; };  // tensors with something in common

  bool first_of_its_name(const Row& row, std::uint32_t shard, Found& repeated, Found& unindexed);
  void report_index() const;
  void report_total() const;

  const ms::Call& call_;
  ms::Model model_;
  const ShardList& list_;
  const bool strict_;
  std::vector<bool> seen_;                 // by entry of the index
  std::size_t last_seen_ = 0;              // entry
  std::vector<bool> read_;                 // by shard of the index
  NameTable others_;                       // names that no index tells about
  std::deque<std::string> other_names_;
  std::map<std::string, Found, std::less<>> unknown_dtypes_;
  std::uint64_t data_bytes_ = 0;
  std::size_t failed_ = 0;
  std::string first_error_;
};

}  // namespace safetensors
